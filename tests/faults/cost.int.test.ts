import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { runActors } from "../../actors/operator/system.ts"
import type { GatewayService } from "../../actors/whatsapp/gateway.ts"
import { IngestMessages } from "../../contracts/commands.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import type { EventLogService } from "../../infra/event-log/event-log.ts"
import { startWorld, unpaced } from "./owners.ts"
import { maliciousUrl } from "./traffic.ts"

/** From a message to its delivered warning; every one of them waits for the disk, and none is a batch. */
const wanted = ["message.received", "scan.completed", "verdict.decided", "outbox.claimed"]

/** Writes down each append that the server acknowledged, a batch as one, and each transmission. */
const makeMeter = () => {
  const seen: Array<string> = []
  const delivered = Deferred.makeUnsafe<void>()
  return {
    seen,
    delivered: Deferred.await(delivered),
    log: (log: EventLogService): EventLogService => ({
      ...log,
      append: (entries, provenance) =>
        Effect.tap(log.append(entries, provenance), () =>
          Effect.sync(() => void seen.push(entries.map(({ fact }) => fact.type).join(" + ")))
        )
    }),
    gateway: (): GatewayService => ({
      transmit: () =>
        Effect.sync(() => {
          seen.push("transmitted")
          Deferred.doneUnsafe(delivered, Effect.void)
        }),
      has: () => Effect.succeed("no")
    })
  }
}

it.live("a posted link costs at most four synced appends from its message to its delivered warning", () =>
  Effect.gen(function* () {
    const meter = makeMeter()
    const { context, dataFolder } = yield* startWorld({ sync: "always", log: meter.log })
    yield* Effect.gen(function* () {
      yield* runActors({
        dataFolder: join(dataFolder, "a"),
        pacing: unpaced,
        around: { gateway: meter.gateway }
      })
      const bus = yield* CommandBus
      const post = (id: string, text: string) =>
        bus.request(IngestMessages, {
          gateway: "sandbox",
          chatName: "Family",
          messages: [{ id, author: "Ada", sentAt: 1, text }]
        })
      // The first message of a chat brings its name along.
      yield* post("m1", "hello")
      meter.seen.length = 0
      yield* post("m2", `look ${maliciousUrl(1)}`)
      yield* meter.delivered
    }).pipe(Effect.provideContext(context))
    const path = meter.seen.slice(0, meter.seen.indexOf("transmitted"))
    console.log(`synced appends from message to warning: ${path.length} (${path.join(", ")})`)
    expect(path).toEqual(wanted)
  }).pipe(Effect.scoped)
)
