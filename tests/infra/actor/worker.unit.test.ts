import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Exit, Scope, Stream } from "effect"
import type { AnyFact } from "../../../contracts/catalogue.ts"
import { ActorUnparked } from "../../../contracts/actor.ts"
import { MessageRevoked } from "../../../contracts/message.ts"
import { Muted } from "../../../contracts/policy.ts"
import { runWorker, worker, type WorkerSelf } from "../../../infra/actor/worker.ts"
import { type AppendError, EventLog } from "../../../infra/event-log/event-log.ts"
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import { input, output } from "./toy.ts"
import { makeWorld, pass, until, type World } from "./world.ts"

type Input = RecordedOf<"message.revoked">
type Self = WorkerSelf<ReturnType<typeof Muted>>
type Handle = (event: Input, self: Self) => Effect.Effect<void, AppendError | Error>

/** A worker that answers each deletion of a message with a mute. */
const speak: Handle = (event, self) =>
  Effect.asVoid(self.append("answer", output(event.data.chat, event.data.revokedAt)))

const start = Effect.fnUntraced(function* (world: World, handle: Handle, concurrency = 4) {
  const scope = yield* Scope.make()
  let ready = false
  const toy = worker({
    name: "scan",
    listens: [MessageRevoked],
    publishes: [Muted],
    concurrency,
    handle: handle as (event: Input, self: Self) => Effect.Effect<void, AppendError>
  })
  yield* runWorker(toy, () => void (ready = true)).pipe(
    Effect.provideContext(world.services),
    Scope.provide(scope),
    Effect.forkIn(scope)
  )
  yield* until("the worker is ready", () => ready)
  return { kill: Scope.close(scope, Exit.void) }
})

const numbers = (world: World) => world.named("policy.muted").map(({ data }) => data.until)
const parked = (world: World) => world.named("actor.parked").map(({ data }) => data)
const decide = (
  world: World,
  sequence: number,
  decision: "retry" | "drop",
  actor = "scan"
): Effect.Effect<number, AppendError> =>
  world.append(ActorUnparked({ actor, sequence, decision, by: "operator" }) as AnyFact)

describe("a worker", () => {
  it.effect("handles each input once, and says in the log what led to its facts", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      yield* start(world, speak)
      for (const number of [1, 2, 3]) yield* world.append(input(number, number))
      yield* until("all is handled", () => numbers(world).length === 3)
      yield* pass(120_000)
      expect(numbers(world).toSorted()).toEqual([1, 2, 3])
      const first = world.named("message.revoked").find(({ data }) => data.revokedAt === numbers(world)[0])!
      expect(world.named("policy.muted")[0]).toMatchObject({ cause: first.id, correlation: first.id })
    }).pipe(Effect.scoped)
  )

  it.effect("ends, to be started again, where an input can be neither settled nor handed back", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      yield* world.append(input(1, 1))
      const log = yield* Effect.provideContext(EventLog, world.services)
      const withoutWay: typeof log = {
        ...log,
        work: (options) =>
          Effect.map(
            log.work(options),
            Stream.map((delivery) => ({ ...delivery, again: () => Effect.die(new Error("no way back")) }))
          )
      }
      const toy = worker({
        name: "scan",
        listens: [MessageRevoked],
        publishes: [Muted],
        concurrency: 4,
        handle: () => Effect.die(new Error("broken"))
      })
      const running = runWorker(toy, () => {}).pipe(
        Effect.provideService(EventLog, withoutWay),
        Effect.scoped,
        Effect.exit
      )
      expect(String(yield* running)).toContain("no way back")
    }).pipe(Effect.scoped)
  )

  it.effect("acknowledges an input only when its facts are in the log", () =>
    Effect.gen(function* () {
      let slow = true
      const world = yield* makeWorld({
        append: ({ actor }) => (actor === "scan" && slow ? { lost: "before" } : {})
      })
      const first = yield* start(world, speak)
      yield* world.append(input(1, 1))
      yield* pass(500)
      yield* first.kill
      slow = false
      yield* start(world, speak)
      yield* until("it is handled", () => numbers(world).length === 1, 100)
    }).pipe(Effect.scoped)
  )

  it.effect("takes up what another replica had in hand when that one was killed", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const began: Array<number> = []
      const first = yield* start(world, (event) => {
        began.push(event.data.revokedAt)
        return Effect.never
      })
      yield* world.append(input(1, 1))
      yield* until("it has begun", () => began.length === 1)
      yield* first.kill
      yield* start(world, speak)
      yield* until("it is handled", () => numbers(world).length === 1, 100)
    }).pipe(Effect.scoped)
  )

  it.effect("keeps an input that takes long, although others are idle", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      let began = 0
      const slow: Handle = (event, self) => {
        began++
        return Effect.andThen(Effect.sleep("5 minutes"), speak(event, self))
      }
      yield* start(world, slow)
      yield* start(world, slow)
      yield* world.append(input(1, 1))
      yield* until("it is handled", () => numbers(world).length === 1, 1_000)
      yield* pass(120_000)
      expect(began).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.effect("does not leave its facts twice when an acknowledgement is lost", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ delivery: ({ attempt }) => ({ acknowledgementLost: attempt === 1 }) })
      let handled = 0
      yield* start(world, (event, self) => {
        handled++
        return speak(event, self)
      })
      yield* world.append(input(1, 1))
      yield* until("it was handed out again", () => handled === 2, 100)
      yield* pass(120_000)
      expect(numbers(world)).toEqual([1])
    }).pipe(Effect.scoped)
  )

  it.effect("lets no slow input hold up the others", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      yield* start(
        world,
        (event, self) => (event.data.revokedAt === 0 ? Effect.never : speak(event, self)),
        2
      )
      for (let number = 0; number < 10; number++) yield* world.append(input(number, number))
      yield* until("the others are handled", () => numbers(world).length === 9)
    }).pipe(Effect.scoped)
  )

  it.effect("waits longer after each failure, and parks an input after the fifth, in sight", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const at: Array<number> = []
      yield* start(world, () =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          at.push(now)
          return Effect.fail(new Error("poison"))
        })
      )
      const sequence = yield* world.append(input(1, 1))
      yield* until("it is parked", () => parked(world).length > 0)
      yield* pass(120_000)
      const waits = at.slice(1).map((moment, index) => moment - at[index]!)
      expect(waits).toEqual([200, 400, 800, 1_600])
      expect(parked(world)).toEqual([
        {
          actor: "scan",
          sequence,
          event: "message.revoked",
          boundary: world.named("message.revoked")[0]!.boundary,
          reason: "poison",
          attempts: 5
        }
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("parks an input whose handling breaks, as one whose handling fails", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      yield* start(world, (event, self) =>
        event.data.revokedAt === 1 ? Effect.die(new TypeError("broken")) : speak(event, self)
      )
      yield* world.append(input(1, 1))
      yield* world.append(input(1, 2))
      yield* until("it is parked", () => parked(world).length > 0)
      expect(parked(world)[0]).toMatchObject({ sequence: 1, reason: "broken" })
      // Inputs of a worker are in no order: what follows does not wait.
      expect(numbers(world)).toEqual([2])
    }).pipe(Effect.scoped)
  )

  it.effect("handles a parked input again when a person says so, and passes over one that was dropped", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      let broken = true
      yield* start(world, (event, self) => (broken ? Effect.fail(new Error("poison")) : speak(event, self)))
      const one = yield* world.append(input(1, 1))
      const two = yield* world.append(input(2, 2))
      yield* until("both are parked", () => parked(world).length === 2)
      broken = false
      yield* decide(world, one, "retry")
      yield* decide(world, two, "drop")
      yield* decide(world, two, "retry", "verdict")
      yield* until("the first is handled", () => numbers(world).length === 1)
      yield* pass(120_000)
      expect(numbers(world)).toEqual([1])
      const handled = world.named("policy.muted")[0]!
      expect(handled.cause).toBe(world.named("message.revoked")[0]!.id)
    }).pipe(Effect.scoped)
  )

  it.effect("parks an input again under its own place when trying it again did not help", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      let broken = true
      yield* start(world, (event, self) => (broken ? Effect.fail(new Error("poison")) : speak(event, self)))
      const sequence = yield* world.append(input(1, 1))
      yield* until("it is parked", () => parked(world).length === 1)
      yield* decide(world, sequence, "retry")
      yield* until("it is parked again", () => parked(world).length === 2)
      expect(parked(world)[1]).toMatchObject({ sequence, event: "message.revoked" })
      broken = false
      yield* decide(world, sequence, "retry")
      yield* until("it is handled", () => numbers(world).length === 1)
    }).pipe(Effect.scoped)
  )

  it.effect("parks an input once, though the acknowledgement of having parked it is lost", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ delivery: ({ attempt }) => ({ acknowledgementLost: attempt === 5 }) })
      yield* start(world, () => Effect.fail(new Error("poison")))
      yield* world.append(input(1, 1))
      yield* until("it is parked", () => parked(world).length === 1)
      yield* pass(300_000)
      expect(parked(world)).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("parks what this version cannot read under its subject", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      yield* start(world, speak)
      const subject = `evt.${world.account}.message.cchat0001.revoked`
      world.storeRaw({ subject, headers: [["ce-type", "wadjet.message.revoked.v9"]], data: "{}" })
      yield* until("it is parked", () => parked(world).length === 1)
      expect(parked(world)[0]).toMatchObject({ sequence: 1, event: subject })
    }).pipe(Effect.scoped)
  )
})
