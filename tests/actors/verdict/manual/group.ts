/**
 * A group as its members know it: what they write goes in as in WhatsApp, and what they read comes out. Behind it
 * are the real actors, over the simulated log and under a test clock.
 */
import { Effect, Exit, Scope } from "effect"
import { TestClock } from "effect/testing"
import { makeScan } from "../../../../actors/scan/actor.ts"
import { verdict } from "../../../../actors/verdict/actor.ts"
import type { GatewayService } from "../../../../actors/whatsapp/gateway.ts"
import { IngestMessages, type IncomingMessage } from "../../../../contracts/commands.ts"
import type { AnyFact } from "../../../../contracts/catalogue.ts"
import { WhatsAppId } from "../../../../contracts/ids.ts"
import type { FaultPlan } from "../../../../infra/event-log/simulated-log.ts"
import { runWorker } from "../../../../infra/actor/worker.ts"
import { pass } from "../../../infra/actor/world.ts"
import { makeChat } from "../../whatsapp/world.ts"

export const minute = 60_000
export const hour = 60 * minute

/** Longer than a command and its answer take, and shorter than anything that a chat waits for. */
const aMoment = 1_000

/** Admins are named; where nobody is, it is a chat with one alone. */
export const makeGroup = Effect.fnUntraced(function* (
  admins: ReadonlyArray<string> = ["Ada"],
  faults: FaultPlan = {},
  /** What the way out can do beside taking messages. */
  abilities: Partial<GatewayService> = {}
) {
  const world = yield* makeChat(faults, undefined, abilities)
  let whatsApp = yield* world.start()
  let judging = yield* world.startBeside(verdict)
  const scope = yield* Scope.make()
  yield* runWorker(makeScan(), () => {}).pipe(
    Effect.provideContext(world.services),
    Scope.provide(scope),
    Effect.forkIn(scope)
  )
  yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
  yield* whatsApp.ready
  yield* judging.ready
  let count = 0
  let seen = 0

  const ingest = (message: Omit<IncomingMessage, "id" | "sentAt"> & { readonly id?: string }) =>
    world.ask(IngestMessages, {
      gateway: "sandbox",
      chatName: "Family",
      ...(admins.length === 0 ? {} : { admins }),
      messages: [{ id: `m${count++}`, sentAt: 1_767_225_600_000 + count, ...message }]
    })

  /** What was sent since it was asked last, as the group reads it. */
  const read = () => {
    const fresh = world.transmissions.slice(seen)
    seen = world.transmissions.length
    return fresh.map(({ message: { text, wire } }) => (wire === "text" ? text : `${wire} ${text}`.trim()))
  }

  return {
    ...world,
    judging: () => judging,
    /** Somebody writes, and this is what the group reads then. */
    says: Effect.fnUntraced(function* (
      author: string,
      text: string,
      options: { answers?: string; id?: string } = {}
    ) {
      const { answers, id } = options
      yield* ingest({
        author,
        text,
        ...(id === undefined ? {} : { id }),
        ...(answers === undefined ? {} : { answers: WhatsAppId.make(answers) })
      })
      yield* pass(aMoment)
      return read()
    }),
    /** Somebody writes, and nobody waits for what comes of it. */
    posts: (author: string, text: string) => ingest({ author, text }),
    /** The WhatsApp id of the last message of ours. */
    last: () => world.transmissions.at(-1)!.message.whatsApp,
    passes: Effect.fnUntraced(function* (millis: number) {
      yield* pass(millis)
      return read()
    }),
    happened: Effect.fnUntraced(function* (fact: AnyFact) {
      yield* world.append(fact)
      yield* pass(aMoment)
      return read()
    }),
    /** The actor that judges is killed, and starts again from what is on its disk. */
    restarts: Effect.gen(function* () {
      yield* judging.kill
      judging = yield* world.startBeside(verdict, { disk: judging.disk })
      yield* judging.ready
      yield* pass(aMoment)
      return read()
    }),
    /** Much time passes in which nothing runs: the actors are stopped, and start again from what is on their disks. */
    isAwayFor: Effect.fnUntraced(function* (millis: number) {
      yield* whatsApp.kill
      yield* judging.kill
      yield* TestClock.adjust(millis)
      whatsApp = yield* world.start({ disk: whatsApp.disk })
      judging = yield* world.startBeside(verdict, { disk: judging.disk })
      yield* whatsApp.ready
      yield* judging.ready
      yield* pass(aMoment)
      return read()
    }),
    chat: () => world.named("message.received")[0]!.data.chat
  }
})
