/** Forgetting on a real log, also across a crash at its worst moment. */
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Context, Deferred, Effect, Exit, Layer, Scope, Stream } from "effect"
import { admin } from "../../../actors/admin/actor.ts"
import { runManager, services } from "../../../actors/operator/system.ts"
import { ActorParked } from "../../../contracts/actor.ts"
import type { AnyRecorded } from "../../../contracts/catalogue.ts"
import { DropParked, RequestErasure, RetryParked } from "../../../contracts/commands.ts"
import { PersonId } from "../../../contracts/ids.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { EventLog, type EventLogService } from "../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { type Ground, ground } from "./whole.ts"

const by = "operator"

/** The admin actor alone, on the ground's log, until the scope closes. */
const running = Effect.fnUntraced(function* (
  on: Ground,
  log: (log: EventLogService) => EventLogService = (it) => it
) {
  const context = yield* Layer.build(services(on.foundation, { log }))
  const { ready } = yield* Effect.provideContext(runManager(admin, on.dataFolder), context)
  yield* ready
  return {
    bus: Context.get(context, CommandBus),
    keyring: Context.get(context, Keyring),
    log: Context.get(context, EventLog)
  }
})

const factsOf = (log: EventLogService, until: (events: ReadonlyArray<AnyRecorded>) => boolean) =>
  log.read({ from: 1, contexts: ["erasure", "actor"] }).pipe(
    Stream.scan(
      (): ReadonlyArray<AnyRecorded> => [],
      (all, batch) => [...all, ...batch.events.filter((event) => event.type !== "unreadable")]
    ),
    Stream.takeUntil(until),
    Stream.runLast,
    Effect.map((last) => (last._tag === "Some" ? last.value : []))
  )

const erasuresOf = (events: ReadonlyArray<AnyRecorded>) =>
  events.filter((event) => event.type.startsWith("erasure."))

it.live("forgets a person for ever: their words cannot be opened, and they are not forgotten twice", () =>
  Effect.gen(function* () {
    const { bus, keyring, log } = yield* running(yield* ground)
    const subject = yield* keyring.person(["sandbox:Sandbox/You"])
    const words = yield* keyring.seal([subject], 0, "words")
    expect(keyring.open(words)).toBe("words")
    const answer = yield* bus.request(RequestErasure, { subject, by })
    expect(answer).toMatchObject({ keysDestroyed: 1, mappingsDestroyed: 1, generation: log.generation })
    expect(keyring.open(words)).toBeNull()
    const again = yield* Effect.flip(bus.request(RequestErasure, { subject, by }))
    expect(again).toMatchObject({ _tag: "Refused", reason: "forgotten" })
    const nobody = yield* Effect.flip(
      bus.request(RequestErasure, { subject: PersonId.make("p0nobody0"), by })
    )
    expect(nobody).toMatchObject({ _tag: "Refused", reason: "not-found" })
    const events = erasuresOf(
      yield* factsOf(log, (all) => all.some((event) => event.sequence >= answer.sequence))
    )
    expect(events.map((event) => event.type)).toEqual(["erasure.requested", "erasure.completed"])
  })
)

for (const stateIsLost of [false, true])
  it.live(
    `finishes at the next start what a crash left between the keys and the log${stateIsLost ? ", though its own state is lost" : ""}`,
    () =>
      Effect.gen(function* () {
        const on = yield* ground
        const stuck = yield* Deferred.make<void>()
        /** Everything after the keys are gone is as if the process had ended. */
        const dying = (log: EventLogService): EventLogService => ({
          ...log,
          append: (entries, provenance) =>
            entries[0].fact.type === "erasure.completed"
              ? Effect.andThen(Deferred.succeed(stuck, undefined), Effect.never)
              : log.append(entries, provenance)
        })
        const first = yield* Scope.make()
        const before = yield* Scope.provide(running(on, dying), first)
        const subject = yield* before.keyring.person(["sandbox:Sandbox/You"])
        const words = yield* before.keyring.seal([subject], 0, "words")
        yield* Effect.forkScoped(before.bus.request(RequestErasure, { subject, by }))
        yield* Deferred.await(stuck)
        expect(before.keyring.open(words)).toBeNull()
        const requested = yield* factsOf(before.log, (all) => all.length > 0)
        expect(requested.map((event) => event.type)).toEqual(["erasure.requested"])
        yield* Scope.close(first, Exit.void)
        if (stateIsLost) yield* Effect.promise(() => rm(join(on.dataFolder, "actors"), { recursive: true }))

        const after = yield* running(on)
        const events = yield* factsOf(after.log, (all) => all.length > 1)
        expect(events.map((event) => event.type)).toEqual(["erasure.requested", "erasure.completed"])
        expect(events[1]).toMatchObject({ cause: events[0]!.id, data: { subject } })
        const again = yield* Effect.flip(after.bus.request(RequestErasure, { subject, by }))
        expect(again).toMatchObject({ _tag: "Refused", reason: "forgotten" })
      })
  )

it.live("speaks for a person about what an actor has parked", () =>
  Effect.gen(function* () {
    const { bus, log } = yield* running(yield* ground)
    const parked = ActorParked({
      actor: "scan",
      sequence: 7,
      event: "message.received",
      boundary: "c0example0",
      reason: "why",
      attempts: 5
    })
    yield* log.append([{ fact: parked, id: "parked-7" }], { actor: "scan" })
    const known = () => bus.request(RetryParked, { actor: "scan", sequence: 7, by })
    // The actor folds what the other one said when it comes to it.
    const { sequence } = yield* known().pipe(
      Effect.retry({ times: 200, while: (error) => error._tag === "Refused" && error.reason === "not-found" })
    )
    yield* bus.request(DropParked, { actor: "scan", sequence: 7, by })
    const late = yield* Effect.flip(known().pipe(Effect.repeat({ times: 200 })))
    expect(late).toMatchObject({ _tag: "Refused", reason: "already-done" })
    const nothing = yield* Effect.flip(bus.request(DropParked, { actor: "scan", sequence: 8, by }))
    expect(nothing).toMatchObject({ _tag: "Refused", reason: "not-found" })
    const events = yield* factsOf(log, (all) => all.length > 2)
    expect(events.find((event) => event.sequence === sequence)).toMatchObject({
      type: "actor.unparked",
      data: { actor: "scan", sequence: 7, decision: "retry", by }
    })
  })
)
