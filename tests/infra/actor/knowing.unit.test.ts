import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import type { Payload } from "../../../contracts/command.ts"
import { MuteChat } from "../../../contracts/commands.ts"
import { Muted } from "../../../contracts/policy.ts"
import { answer, type Self } from "../../../infra/actor/process-manager.ts"
import type { StateReader } from "../../../infra/actor/state.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { chat, done, input, makeToy, type Published } from "./toy.ts"
import { makeWorld, until, type World } from "./world.ts"

/** Answers with what `make` came to, as the sequence. */
const knowingToy = (make: (state: StateReader) => Effect.Effect<number>) => ({
  ...makeToy(),
  answers: [
    answer(
      MuteChat,
      (payload) => payload.chat,
      Effect.fnUntraced(function* (_: Payload<typeof MuteChat>, self: Self<Published>) {
        const sequence = yield* self.knowing(
          ["policy.muted"],
          Effect.suspend(() => make(self.state))
        )
        return { generation: self.generation, sequence }
      })
    )
  ]
})

const ask = Effect.fnUntraced(function* (world: World) {
  const asking = yield* Effect.flatMap(CommandBus, (bus) =>
    bus.request(MuteChat, { chat: chat(1), until: 1, by: "operator" }, "r1")
  ).pipe(Effect.provideContext(world.services), Effect.forkChild)
  yield* until("there is an answer", () => asking.pollUnsafe() !== undefined)
  return (yield* Fiber.join(asking)).sequence
})

const mute = Muted({ chat: chat(2), until: 5, by: "operator" })

describe("what is made while the log is asked", () => {
  it.effect("is made once where nothing is to be known", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      let made = 0
      const toy = yield* world.start(knowingToy(() => Effect.sync(() => ++made)))
      yield* toy.ready
      expect(yield* ask(world)).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.effect("is made once more of what was added before it was asked, and had not been folded", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ readDelayMillis: () => 200 })
      const toy = yield* world.start(knowingToy((state) => Effect.sync(() => state.get(done, chat(2)) ?? 0)))
      yield* toy.ready
      yield* world.append(mute)
      expect(yield* ask(world)).toBe(5)
    }).pipe(Effect.scoped)
  )

  it.effect("is made once more where the state changed meanwhile, whatever it was that changed it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      let made = 0
      const toy = yield* world.start(
        knowingToy(() =>
          Effect.gen(function* () {
            if (++made > 1) return made
            const added = yield* Effect.orDie(world.append(input(3, 3)))
            while (toy.folded() < added) yield* Effect.sleep("1 millis")
            return made
          })
        )
      )
      yield* toy.ready
      expect(yield* ask(world)).toBe(2)
    }).pipe(Effect.scoped)
  )
})
