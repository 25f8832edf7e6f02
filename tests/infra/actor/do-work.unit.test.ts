import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import type { AppendFault } from "../../../infra/event-log/simulated-log.ts"
import { LogUnavailable } from "../../../infra/event-log/event-log.ts"
import { Unmuted } from "../../../contracts/policy.ts"
import { chat, done, input, makeToy, output, reasonOf, sequenceOf, speak } from "./toy.ts"
import { makeWorld, pass, until } from "./world.ts"

describe("a process manager", () => {
  it.effect("does what its state asks for, once, and the fold of the outcome closes it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const toy = yield* world.start(makeToy())
      const sequence = yield* world.append(input(1, 1))
      yield* until("the output is there", () => world.named("policy.muted").length > 0)
      yield* pass(60_000)
      expect(world.named("policy.muted").map(({ data }) => data.until)).toEqual([sequence])
      expect(toy.state.get(done, chat(1))).toBe(sequence)
      expect(toy.work.size()).toBe(0)
    }).pipe(Effect.scoped)
  )

  it.effect("says in the log why: the cause and the first of the chain", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      yield* world.start(makeToy())
      yield* world.append(input(1, 1))
      yield* until("the output is there", () => world.named("policy.muted").length > 0)
      const { id } = world.named("message.revoked")[0]!
      expect(world.named("policy.muted")[0]).toMatchObject({ cause: id, correlation: id })
    }).pipe(Effect.scoped)
  )

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

  it.effect("folds the log up to an input before it decides on it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const seen: Array<readonly [number, number]> = []
      const actor = makeToy({
        perform: (work, self) => {
          seen.push([sequenceOf(work), toy.folded()])
          return speak(work, self)
        }
      })
      yield* world.append(input(1, 1))
      yield* world.append(input(2, 2))
      const last = yield* world.append(input(3, 3))
      const toy = yield* world.start(actor)
      yield* until("all was answered", () => seen.length === 3)
      expect(seen.every(([, folded]) => folded >= last)).toBe(true)
    }).pipe(Effect.scoped)
  )

  it.effect("finds the same list of work after it was killed, in the same order", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const began: Array<number> = []
      const stuck = makeToy({ perform: () => Effect.never })
      const first = yield* world.start(stuck)
      const sequences: Array<number> = []
      for (const number of [1, 2, 3, 4]) sequences.push(yield* world.append(input(1, number)))
      yield* until("all is folded", () => first.work.size() === 4)
      yield* first.kill
      const second = yield* world.start(
        makeToy({
          perform: (work, self) => {
            began.push(sequenceOf(work))
            return speak(work, self)
          }
        }),
        { disk: first.disk }
      )
      expect(second.work.size()).toBe(4)
      yield* until("all was answered", () => second.work.size() === 0)
      expect(began).toEqual(sequences)
    }).pipe(Effect.scoped)
  )

  it.effect("comes to the same state from its snapshot as from the log alone", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const toy = yield* world.start(makeToy({ perform: () => Effect.never }))
      for (const number of [1, 2, 3]) yield* world.append(input(number, number))
      yield* world.append(output(chat(1), 1))
      yield* until("all is folded", () => toy.folded() === 4)
      yield* toy.kill
      const anew = yield* world.start(makeToy({ perform: () => Effect.never }))
      yield* anew.ready
      expect(anew.digest()).toBe(toy.digest())
      expect(anew.work.size()).toBe(2)
    }).pipe(Effect.scoped)
  )

  it.effect("does nothing twice when it is killed after the append and before the fold", () =>
    Effect.gen(function* () {
      // Its own facts reach it a minute late.
      let delay = 0
      const world = yield* makeWorld({ readDelayMillis: () => delay })
      const first = yield* world.start(makeToy())
      yield* first.ready
      delay = 60_000
      yield* world.append(input(1, 1))
      yield* until("the output is there", () => world.named("policy.muted").length === 1)
      yield* first.kill
      delay = 0
      const second = yield* world.start(makeToy(), { disk: first.disk })
      yield* until("it came to rest", () => second.isReady() && second.work.size() === 0)
      yield* pass(5_000)
      expect(world.named("policy.muted")).toHaveLength(1)
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

  it.effect("adopts what it stored without hearing of it", () =>
    Effect.gen(function* () {
      const answers: Array<AppendFault> = [{ lost: "answer" }]
      // The fold lags behind the retry, which therefore finds its own fact in the log.
      let delay = 0
      const world = yield* makeWorld({
        append: ({ actor }) => (actor === "verdict" ? (answers.shift() ?? {}) : {}),
        readDelayMillis: () => delay
      })
      const toy = yield* world.start(makeToy())
      yield* toy.ready
      // It reads the input, and what comes after that with a delay.
      delay = 500
      yield* world.append(input(1, 1))
      yield* until("the work is open", () => toy.work.size() === 1)
      yield* until("it came to rest", () => toy.work.size() === 0)
      expect(world.named("policy.muted")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("goes on at once after adopting several facts of which it folds only the first", () =>
    Effect.gen(function* () {
      const answers: Array<AppendFault> = [{ lost: "answer" }]
      let delay = 0
      const world = yield* makeWorld({
        append: ({ actor }) => (actor === "verdict" ? (answers.shift() ?? {}) : {}),
        readDelayMillis: () => delay
      })
      const toy = yield* world.start(
        makeToy({
          perform: (work, self) => {
            const [own, foreign] = [output(chat(1), sequenceOf(work)), notListened]
            return self
              .append(reasonOf(work), work.key, [own, foreign] as unknown as readonly [typeof own])
              .pipe(Effect.as(undefined))
          }
        })
      )
      yield* toy.ready
      yield* world.append(input(1, 1))
      // What comes after this is read with a delay: the retry comes before its own facts are folded.
      delay = 500
      yield* world.append(input(1, 2))
      yield* until("both were answered", () => world.named("policy.muted").length === 2)
      yield* until("all came to rest", () => toy.work.size() === 0)
      expect(toy.work.size()).toBe(0)
    }).pipe(Effect.scoped)
  )

  it.effect("does the work of one lane one at a time, and that of others beside it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const inside = new Map<string, number>()
      let together = 0
      let most = 0
      const toy = yield* world.start(
        makeToy({
          perform: Effect.fnUntraced(function* (work, self) {
            inside.set(work.lane, (inside.get(work.lane) ?? 0) + 1)
            expect(inside.get(work.lane)).toBe(1)
            together++
            most = Math.max(most, together)
            yield* Effect.sleep(50)
            together--
            inside.set(work.lane, inside.get(work.lane)! - 1)
            return yield* speak(work, self)
          })
        })
      )
      for (const number of [1, 2, 3, 4, 5, 6]) yield* world.append(input(number % 2, number))
      yield* until("it came to rest", () => world.named("policy.muted").length === 6 && toy.work.size() === 0)
      expect(most).toBe(2)
    }).pipe(Effect.scoped)
  )

  it.effect("never has more work of a priority under way than its slots", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const under = [0, 0]
      const most = [0, 0]
      const toy = yield* world.start(
        makeToy({
          slots: [3, 1],
          work: (number) => ({ priority: number % 2 }),
          perform: Effect.fnUntraced(function* (work, self) {
            under[work.priority]! += 1
            most[work.priority] = Math.max(most[work.priority]!, under[work.priority]!)
            yield* Effect.sleep(50)
            under[work.priority]! -= 1
            return yield* speak(work, self)
          })
        })
      )
      for (let number = 0; number < 12; number++) yield* world.append(input(number, number))
      yield* until(
        "it came to rest",
        () => world.named("policy.muted").length === 12 && toy.work.size() === 0
      )
      expect(most).toEqual([3, 1])
    }).pipe(Effect.scoped)
  )

  it.effect("does not let what may wait hold up what is urgent, in one and the same lane", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const order: Array<number> = []
      const toy = yield* world.start(
        makeToy({
          work: (number) => ({ priority: number === 1 ? 1 : 0 }),
          perform: Effect.fnUntraced(function* (work, self) {
            const now = yield* Clock.currentTimeMillis
            if (work.priority === 1 && order.length === 0) return { later: now + 10_000 }
            order.push(work.priority)
            return yield* speak(work, self)
          })
        })
      )
      yield* world.append(input(1, 1))
      yield* until("the first was put off", () => toy.work.size() === 1)
      yield* pass(100)
      yield* world.append(input(1, 2))
      yield* until("the urgent one is done", () => order.length === 1)
      expect(order).toEqual([0])
      yield* until("both are done", () => toy.work.size() === 0)
    }).pipe(Effect.scoped)
  )

  it.effect("begins work at the moment at which it is due", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const due = (yield* Clock.currentTimeMillis) + 3_600_000
      const at: Array<number> = []
      const toy = yield* world.start(
        makeToy({
          work: () => ({ due }),
          perform: Effect.fnUntraced(function* (work, self) {
            at.push(yield* Clock.currentTimeMillis)
            return yield* speak(work, self)
          })
        })
      )
      yield* world.append(input(1, 1))
      yield* until("it is done", () => toy.folded() > 1, 10_000)
      expect(at).toEqual([due])
    }).pipe(Effect.scoped)
  )

  it.effect("notices within half a minute that the clock was set forward", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const began = yield* Clock.currentTimeMillis
      let ahead = 0
      const clock = yield* Clock.Clock
      const shifted: Clock.Clock = {
        ...clock,
        sleep: (duration) => clock.sleep(duration),
        currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + ahead),
        currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + ahead
      }
      const toy = yield* world
        .start(makeToy({ work: () => ({ due: began + 86_400_000 }) }))
        .pipe(Effect.provideService(Clock.Clock, shifted))
      yield* world.append(input(1, 1))
      yield* until("the work is open", () => toy.work.size() === 1)
      yield* pass(5_000)
      ahead = 86_400_000
      yield* pass(30_000)
      expect(world.named("policy.muted")).toHaveLength(1)
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

/** A fact of a context that the toy neither owns nor listens to. */
const notListened = {
  type: "outbox.cancelled",
  data: { chat: chat(1), outbox: "0".repeat(40), reason: "requested", by: "system" }
}

describe("a process manager with much to do", () => {
  it.effect("keeps up with newer inputs while thousands wait their turn", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const now = yield* Clock.currentTimeMillis
      const toy = yield* world.start(
        makeToy({
          work: (number) => (number < 2_000 ? { priority: 1 } : {}),
          perform: (work, self) =>
            work.priority === 1 ? Effect.succeed({ later: now + 3_600_000 }) : speak(work, self)
        })
      )
      for (let number = 0; number < 2_000; number++) yield* world.append(input(number % 7, number))
      yield* world.append(input(3, 2_000))
      yield* until("the newest is done", () => world.named("policy.muted").length === 1)
      expect(toy.work.size()).toBe(2_000)
    }).pipe(Effect.scoped)
  )
})
