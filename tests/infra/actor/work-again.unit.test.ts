import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import type { AppendFault } from "../../../infra/event-log/simulated-log.ts"
import { LogUnavailable } from "../../../infra/event-log/event-log.ts"
import { Unmuted } from "../../../contracts/policy.ts"
import { chat, done, input, makeToy, speak } from "./toy.ts"
import { makeWorld, pass, until } from "./world.ts"

describe("work of a process manager that did not succeed", () => {
  it.effect("keeps work open that was done without a fact, and does it again later, not at once", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      let times = 0
      const perform = () => Effect.sync(() => void times++)
      const toy = yield* world.start(makeToy({ perform }))
      yield* world.append(input(1, 1))
      yield* until("it was done", () => times > 0)
      yield* pass(900)
      expect(times).toBe(1)
      yield* until("it was done again", () => times > 1)
      expect(toy.work.size()).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.effect("folds what another writer left before it tries again after a conflict", () =>
    Effect.gen(function* () {
      const answers: Array<AppendFault> = [{ delayMillis: 50 }]
      const world = yield* makeWorld({
        append: ({ actor }) => (actor === "verdict" ? (answers.shift() ?? {}) : {})
      })
      const seen: Array<number | undefined> = []
      const toy = yield* world.start(
        makeToy({
          perform: (work, self) => {
            seen.push(self.state.get(done, chat(1)))
            return speak(work, self)
          }
        })
      )
      yield* world.append(input(1, 1))
      yield* until("its append is under way", () => seen.length === 1)
      yield* world.append(Unmuted({ chat: chat(1), by: "operator" }))
      yield* until("it came to rest", () => toy.work.size() === 0)
      expect(seen).toEqual([undefined, 0])
      expect(world.events().map(({ type }) => type)).toEqual([
        "message.revoked",
        "policy.unmuted",
        "policy.muted"
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("waits longer after each failure of the log, and loses nothing by it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const at: Array<number> = []
      const toy = yield* world.start(
        makeToy({
          perform: Effect.fnUntraced(function* (work, self) {
            at.push(yield* Clock.currentTimeMillis)
            if (at.length < 5) return yield* new LogUnavailable({ operation: "store", message: "no" })
            return yield* speak(work, self)
          })
        })
      )
      yield* world.append(input(1, 1))
      yield* until("it came to rest", () => at.length > 0 && toy.work.size() === 0)
      const waits = at.slice(1).map((moment, index) => moment - at[index]!)
      expect(waits).toEqual([100, 200, 400, 800])
    }).pipe(Effect.scoped)
  )

  it.effect("is not made to wait for the failures of other work that had its name before", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const at: Array<number> = []
      const toy = yield* world.start(
        makeToy({
          work: () => ({ key: "the same" }),
          perform: () =>
            Effect.flatMap(Clock.currentTimeMillis, (now) => {
              at.push(now)
              return Effect.fail(new LogUnavailable({ operation: "store", message: "no" }))
            })
        })
      )
      yield* world.append(input(1, 1))
      yield* until("it failed for the third time", () => at.length === 3)
      yield* world.append(input(1, 2))
      yield* until("it failed twice more", () => at.length === 5)
      const waits = at.slice(1).map((moment, index) => moment - at[index]!)
      expect(waits).toEqual([100, 200, 400, 100])
      expect(toy.work.size()).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.effect("survives work that breaks, and does everything else meanwhile", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      let broken = true
      const toy = yield* world.start(
        makeToy({
          perform: (work, self) =>
            work.lane === chat(1) && broken ? Effect.die(new Error("broken")) : speak(work, self)
        })
      )
      yield* world.append(input(1, 1))
      yield* world.append(input(2, 2))
      yield* until("the other is done", () => world.named("policy.muted").length === 1)
      broken = false
      yield* until("both are done", () => toy.work.size() === 0, 1_000)
    }).pipe(Effect.scoped)
  )
})
