/** Telling webhooks where several processes could, and where the log was restored. */
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import { accountsFile, openAccounts } from "../../../actors/admin/accounts.ts"
import { makeWebhookSecret } from "../../../actors/admin/webhooks/signature.ts"
import { startWebhooks } from "../../../actors/admin/webhooks/start-webhooks.ts"
import { services } from "../../../actors/operator/system.ts"
import { ActorParked } from "../../../contracts/actor.ts"
import { BackupRestored } from "../../../contracts/quarantine.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { eventIn, openReceiver, type Receiver, retrying, takenOf } from "./webhook-receiver.ts"
import { eventually, type Ground, ground } from "./whole.ts"

/** What tells webhooks, in a process of its own on a ground, until the scope closes. */
const teller = Effect.fnUntraced(function* (on: Ground, receiver: Receiver) {
  const context = yield* Layer.build(services(on.foundation))
  const accounts = yield* openAccounts(join(on.dataFolder, accountsFile))
  // What failed is not tried again in the time of a test.
  const patient = { ...retrying, answerMillis: 30_000, firstMillis: 600_000, longestMillis: 600_000 }
  const options = { dataFolder: on.dataFolder, outbound: receiver.client, retrying: patient }
  const hooks = yield* Effect.provideContext(startWebhooks(accounts, options), context)
  return { hooks, log: Context.get(context, EventLog), context }
})

const parked = (sequence: number) => ({
  id: `parked-${sequence}`,
  fact: ActorParked({
    actor: "scan",
    sequence,
    event: "message.received",
    boundary: "c0example0",
    reason: "for a test",
    attempts: 1
  })
})

it.live(
  "tells each event once where two processes could, from the point on that the log was restored to",
  () =>
    Effect.gen(function* () {
      const on = yield* ground
      const receiver = yield* openReceiver
      const taken = () => takenOf(receiver).map((one) => eventIn(one).sequence)
      const until = (count: number) =>
        Effect.promise(() =>
          eventually(
            async () => taken(),
            (all) => all.length >= count
          )
        )
      const first = yield* Scope.make()
      const { hooks, log } = yield* Scope.provide(teller(on, receiver), first)
      for (let sequence = 1; sequence <= 4; sequence++)
        yield* log.append([parked(sequence)], { actor: "scan" })
      const restored = BackupRestored({ from: "older", upTo: 4, place: "disk", at: 0 })
      yield* log.append([{ id: "restored", fact: restored }], { actor: "backup" })
      const second = yield* teller(on, receiver)
      const target = { url: receiver.urlOf("/in"), secret: makeWebhookSecret() }
      const filter = { contexts: [], events: [], words: false, label: null }
      for (const sequence of [900, 2])
        yield* hooks.add({ ...filter, target, told: { generation: "older", sequence } }, "operator")
      const standing = Effect.map(hooks.list, (all) =>
        all.map(({ generation, sequence }) => ({ generation, sequence }))
      )
      const { generation } = log
      yield* Effect.promise(() =>
        eventually(
          () => Effect.runPromise(standing),
          (all) => all.every((one) => one.generation === generation && one.sequence === 5)
        )
      )
      expect(taken().toSorted()).toEqual([3, 4, 5, 5])
      const [one] = yield* hooks.list
      yield* hooks.remove(one!.webhook, "operator")
      yield* Scope.close(first, Exit.void)
      for (let sequence = 6; sequence <= 25; sequence++)
        yield* second.log.append([parked(sequence)], { actor: "scan" })
      yield* until(24)
      expect(taken().slice(4)).toEqual(Array.from({ length: 20 }, (_, index) => index + 6))

      // Told by hand, what waits is behind it, and what comes after it waits no longer.
      receiver.state.mood = () => 500
      yield* second.log.append([parked(26)], { actor: "scan" })
      const [left] = yield* second.hooks.list
      const now = Effect.map(second.hooks.find(left!.webhook), (hook) => hook!)
      yield* Effect.promise(() =>
        eventually(
          () => Effect.runPromise(now),
          ({ at }) => at?.waiting === 26
        )
      )
      receiver.state.mood = () => 204
      yield* second.log.append([parked(27)], { actor: "scan" })
      const made = yield* Effect.provideContext(
        second.hooks.retry(yield* now, 26, "operator"),
        second.context
      )
      expect(made.delivered).toBe(true)
      yield* until(26)
      expect(taken().slice(24)).toEqual([26, 27])
    })
)
