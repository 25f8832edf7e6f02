import { describe, expect, it } from "@effect/vitest"
import { Cause, Deferred, Effect, Exit } from "effect"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { type Lease, LeaseLost } from "../../../infra/leases/leases.ts"
import { chat, done, input, makeToy, speak } from "./toy.ts"
import { held, makeWorld, pass, until } from "./world.ts"

const makeLease = Effect.map(Deferred.make<never, LeaseLost>(), (lost) => {
  let isHeld = true
  const lease: Lease = { epoch: 1, isHeld: () => isHeld, lost: Deferred.await(lost) }
  return {
    lease,
    /** The lease is somebody else's from here on; its holder hears of it only with `tell`. */
    lose: () => void (isHeld = false),
    tell: Deferred.fail(lost, new LeaseLost({ name: "verdict", message: "it is gone" }))
  }
})

describe("a process manager that no longer owns its actor", () => {
  it.effect("appends nothing any more", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const lease = yield* makeLease
      const toy = yield* world.start(makeToy(), { lease: lease.lease })
      yield* toy.ready
      lease.lose()
      yield* world.append(input(1, 1))
      yield* pass(60_000)
      expect(world.named("policy.muted")).toEqual([])
      expect(toy.work.size()).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.effect("does not append what it had begun, outcomes included", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const lease = yield* makeLease
      const toy = yield* world.start(
        makeToy({
          perform: Effect.fnUntraced(function* (work, self) {
            yield* Effect.sleep(1_000)
            return yield* speak(work, {
              ...self,
              append: (reason, part, [fact]) => self.record(reason, part, fact)
            })
          })
        }),
        { lease: lease.lease }
      )
      yield* world.append(input(1, 1))
      yield* until("it has begun", () => toy.work.size() === 1)
      lease.lose()
      yield* pass(60_000)
      expect(world.named("policy.muted")).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("stops with the reason when it hears of it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const lease = yield* makeLease
      const toy = yield* world.start(makeToy(), { lease: lease.lease })
      yield* toy.ready
      yield* lease.tell
      const exit = yield* toy.failure
      expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toMatchObject({ _tag: "LeaseLost" })
    }).pipe(Effect.scoped)
  )
})

describe("two instances that both believe to own the actor", () => {
  it.effect("append one outcome between them, and both fold it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ append: () => ({ delayMillis: 50 }) })
      const one = yield* world.start(makeToy(), { lease: held })
      const two = yield* world.start(makeToy(), { lease: held })
      for (const number of [1, 2, 3]) yield* Effect.forkChild(world.append(input(number, number)))
      yield* until(
        "both came to rest",
        () => world.named("policy.muted").length === 3 && one.work.size() + two.work.size() === 0
      )
      yield* pass(10_000)
      expect(world.named("policy.muted")).toHaveLength(3)
      expect(one.digest()).toBe(two.digest())
    }).pipe(Effect.scoped)
  )

  it.effect("are let through one at a time where they decide differently", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({
        append: ({ actor }) => (actor === "verdict" ? { delayMillis: 50 } : {})
      })
      const decided: Array<number | undefined> = []
      const slow = makeToy({
        perform: (work, self) => {
          decided.push(self.state.get(done, chat(1)))
          // Each instance calls its outcome by a name of its own, so that only the expectation is in its way.
          return self
            .append({ cause: `${work.cause} ${decided.length}`, correlation: work.correlation }, work.key, [
              {
                type: "policy.muted",
                data: { chat: chat(1), until: Number(work.key.split("/")[1]), by: "system" }
              }
            ])
            .pipe(Effect.as(undefined))
        }
      })
      const one = yield* world.start(slow)
      const two = yield* world.start(slow)
      yield* world.append(input(1, 1))
      yield* until("both came to rest", () => decided.length >= 2 && one.work.size() + two.work.size() === 0)
      yield* pass(10_000)
      expect(world.named("policy.muted")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )
})

describe("a process manager that cannot go on", () => {
  it.effect("fails when it cannot serve its commands, instead of folding on without a voice", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const deaf = CommandBus.of({
        serve: () => Effect.die(new Error("the connection is closed")),
        request: () => Effect.never
      })
      const toy = yield* world.start(makeToy(), { bus: deaf })
      yield* pass(100)
      expect(toy.fiber.pollUnsafe()).toBeDefined()
    }).pipe(Effect.scoped)
  )
})
