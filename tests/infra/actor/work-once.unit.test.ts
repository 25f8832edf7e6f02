import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { LogEvent } from "../../../infra/event-log/event-log.ts"
import type { AppendFault } from "../../../infra/event-log/simulated-log.ts"
import { chat, done, input, makeToy, output, reasonOf, sequenceOf, speak, unheard } from "./toy.ts"
import { makeWorld, pass, until } from "./world.ts"

/** An actor that does not hear that its first append was stored. `lag` says how late it reads what comes. */
const unanswered = Effect.fnUntraced(function* (actor: ReturnType<typeof makeToy>) {
  const answers: Array<AppendFault> = [{ lost: "answer" }]
  let delay = 0
  const world = yield* makeWorld({
    append: ({ actor }) => (actor === "verdict" ? (answers.shift() ?? {}) : {}),
    readDelayMillis: () => delay
  })
  const toy = yield* world.start(actor)
  yield* toy.ready
  return { world, toy, lag: (millis: number) => void (delay = millis) }
})

describe("what the state of a process manager asks for", () => {
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

  it.effect("looks at what was said in any event, folded just now or before many others", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const read: Array<LogEvent | undefined> = []
      const toy = makeToy({
        perform: (work, self) =>
          Effect.gen(function* () {
            for (const sequence of [1, sequenceOf(work), 100_000]) read.push(yield* self.event(sequence))
            return yield* speak(work, self)
          })
      })
      const first = yield* world.append(input(1, 1))
      expect(first).toBe(1)
      for (let number = 2; number < 300; number++) yield* world.append(input(1, number))
      yield* world.start(toy)
      yield* until("all was answered", () => world.named("policy.muted").length === 299)
      const asked = read.map((event) =>
        event?.type === "message.revoked" ? event.data.revokedAt : undefined
      )
      const wanted = Array.from({ length: 299 }, (_, index) => [1, index + 1, undefined])
      expect(asked).toEqual(wanted.flat())
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

  it.effect("adopts what it stored without hearing of it", () =>
    Effect.gen(function* () {
      const { lag, toy, world } = yield* unanswered(makeToy())
      // The fold lags behind the retry, which therefore finds its own fact in the log.
      lag(500)
      yield* world.append(input(1, 1))
      yield* until("the work is open", () => toy.work.size() === 1)
      yield* until("it came to rest", () => toy.work.size() === 0)
      expect(world.named("policy.muted")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("goes on at once after adopting several facts of which it folds only the first", () =>
    Effect.gen(function* () {
      const { lag, toy, world } = yield* unanswered(
        makeToy({
          perform: (work, self) =>
            self
              .append(reasonOf(work), work.key, [output(chat(1), sequenceOf(work)), unheard])
              .pipe(Effect.as(undefined))
        })
      )
      yield* world.append(input(1, 1))
      // What comes after this is read with a delay: the retry comes before its own facts are folded.
      lag(500)
      yield* world.append(input(1, 2))
      yield* until("both were answered", () => world.named("policy.muted").length === 2)
      yield* until("all came to rest", () => toy.work.size() === 0)
      expect(toy.work.size()).toBe(0)
    }).pipe(Effect.scoped)
  )
})
