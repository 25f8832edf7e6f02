import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { MuteChat } from "../../../contracts/commands.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { Unmuted } from "../../../contracts/policy.ts"
import { chat, done, heard, input, makeToy, speak } from "./toy.ts"
import { makeWorld, pass, until, type World } from "./world.ts"

const ask = (world: World, where: number, moment: number, id: string) =>
  Effect.flatMap(CommandBus, (bus) =>
    bus.request(MuteChat, { chat: chat(where), until: moment, by: "operator" }, id)
  ).pipe(Effect.provideContext(world.services))

const asking = (world: World, where: number, moment: number, id: string) =>
  Effect.forkChild(ask(world, where, moment, id))

const answered = <A, E>(fiber: Fiber.Fiber<A, E>) =>
  Effect.andThen(
    until("there is an answer", () => fiber.pollUnsafe() !== undefined),
    Fiber.join(fiber)
  )

describe("a command to a process manager", () => {
  it.effect("is answered once the actor itself obeys what it led to", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ readDelayMillis: () => 200 })
      const toy = yield* world.start(makeToy())
      yield* toy.ready
      const answer = yield* answered(yield* asking(world, 1, 9_000, "r1"))
      expect(answer).toEqual({ generation: "simulated", sequence: 1 })
      expect(toy.state.get(done, chat(1))).toBe(9_000)
      expect(world.named("policy.muted")[0]).toMatchObject({ cause: "r1", correlation: "r1" })
    }).pipe(Effect.scoped)
  )

  it.effect("is not answered before the log is folded to its end", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ readDelayMillis: () => 5_000 })
      yield* world.append(input(1, 1))
      const toy = yield* world.start(makeToy())
      yield* pass(1_000)
      expect(yield* Effect.flip(ask(world, 1, 9_000, "r1"))).toMatchObject({ _tag: "Unanswered" })
      yield* toy.ready
      expect(toy.state.get(heard, chat(1))).toEqual([1])
    }).pipe(Effect.scoped)
  )

  it.effect("changes nothing the second time when it is sent again under the same id", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const toy = yield* world.start(makeToy())
      yield* toy.ready
      const first = yield* answered(yield* asking(world, 1, 9_000, "r1"))
      yield* world.append(Unmuted({ chat: chat(1), by: "operator" }))
      const again = yield* answered(yield* asking(world, 1, 9_000, "r1"))
      expect(again).toEqual(first)
      expect(world.named("policy.muted")).toHaveLength(1)
      expect(toy.state.get(done, chat(1))).toBe(0)
    }).pipe(Effect.scoped)
  )

  it.effect("changes nothing the second time either when both are under way at once", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ append: () => ({ delayMillis: 50 }) })
      const toy = yield* world.start(makeToy())
      yield* toy.ready
      const fibers = [yield* asking(world, 1, 9_000, "r1"), yield* asking(world, 1, 9_000, "r1")]
      const answers = yield* Effect.forEach(fibers, answered)
      expect(answers[0]).toEqual(answers[1])
      expect(world.named("policy.muted")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("is carried out once although the log's answer was lost and the client asked again", () =>
    Effect.gen(function* () {
      const faults = [{ lost: "answer" as const }]
      const world = yield* makeWorld({ append: () => faults.shift() ?? {} })
      const toy = yield* world.start(makeToy())
      yield* toy.ready
      const lost = yield* asking(world, 1, 9_000, "r1")
      expect(yield* Effect.flip(answered(lost))).toMatchObject({ _tag: "Refused", reason: "unavailable" })
      expect(yield* answered(yield* asking(world, 1, 9_000, "r1"))).toMatchObject({ sequence: 1 })
      expect(world.named("policy.muted")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("waits its turn in its lane, behind work and other commands, and not behind other lanes", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      let inside = 0
      let most = 0
      const alone = Effect.gen(function* () {
        inside++
        most = Math.max(most, inside)
        yield* Effect.sleep(1_000)
        inside--
      })
      const toy = yield* world.start(
        makeToy({
          beforeAnswer: () => alone,
          perform: (work, self) =>
            work.lane === chat(1) ? Effect.andThen(alone, speak(work, self)) : speak(work, self)
        })
      )
      yield* toy.ready
      yield* world.append(input(1, 1))
      yield* until("the work has begun", () => inside === 1)
      const first = yield* asking(world, 1, 9_001, "r1")
      const second = yield* asking(world, 1, 9_002, "r2")
      yield* world.append(input(2, 2))
      yield* until("the other lane is done", () => world.named("policy.muted").length === 1)
      expect(world.named("policy.muted")[0]!.data.chat).toBe(chat(2))
      yield* answered(first)
      yield* answered(second)
      expect(most).toBe(1)
      expect(world.named("policy.muted").map(({ data }) => data.until)).toEqual([2, 1, 9_001, 9_002])
    }).pipe(Effect.scoped)
  )

  it.effect("is decided anew on what another writer left in between", () =>
    Effect.gen(function* () {
      const faults = [{ delayMillis: 50 }]
      const world = yield* makeWorld({
        append: ({ actor }) => (actor === "verdict" ? (faults.shift() ?? {}) : {})
      })
      const seen: Array<number | undefined> = []
      const toy = yield* world.start(
        makeToy({ beforeAnswer: (state) => Effect.sync(() => seen.push(state.get(done, chat(1)))) })
      )
      yield* toy.ready
      const fiber = yield* asking(world, 1, 9_000, "r1")
      yield* until("its append is under way", () => seen.length === 1)
      yield* world.append(Unmuted({ chat: chat(1), by: "operator" }))
      yield* answered(fiber)
      expect(seen).toEqual([undefined, 0])
      expect(world.events().map(({ type }) => type)).toEqual(["policy.unmuted", "policy.muted"])
    }).pipe(Effect.scoped)
  )

  it.effect("is not answered by an actor that was killed with it, and leaves nothing behind", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const toy = yield* world.start(makeToy({ beforeAnswer: () => Effect.never }))
      yield* toy.ready
      const fiber = yield* asking(world, 1, 9_000, "r1")
      yield* pass(100)
      yield* toy.kill
      expect(yield* Effect.flip(answered(fiber))).toMatchObject({ _tag: "Unanswered" })
      expect(world.events()).toEqual([])
    }).pipe(Effect.scoped)
  )
})
