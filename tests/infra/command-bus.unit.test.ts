import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { MuteChat } from "../../contracts/commands.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { memoryCommandBus } from "../../infra/command-bus/memory-command-bus.ts"
import { commandBusContract } from "./command-bus.contract.ts"

describe("the command bus in memory", () => {
  commandBusContract((name, run) => it.effect(name, run), memoryCommandBus)

  it.effect("gives up on a handler that never answers", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      yield* bus.serve(MuteChat, () => Effect.never)
      const asking = yield* Effect.forkChild(Effect.flip(bus.request(MuteChat, MuteChat.example)))
      yield* TestClock.adjust("14 seconds")
      expect(asking.pollUnsafe()).toBeUndefined()
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(asking)).toMatchObject({ _tag: "Unanswered" })
    }).pipe(Effect.scoped, Effect.provide(memoryCommandBus))
  )
})
