/** Commands within one process, for deterministic tests. What is sent is encoded and decoded all the same. */
import { Effect, Fiber, Layer } from "effect"
import { CommandBus, type CommandBusService, Unanswered } from "./command-bus.ts"
import { answerRequest, decodeAnswer, encodeRequest } from "./wire.ts"

/** As long as a request over NATS waits. */
const answerTimeoutMillis = 15_000

const make = (): CommandBusService => {
  const handlers = new Map<string, (text: string) => Effect.Effect<Fiber.Fiber<string>>>()
  let requests = 0
  const unanswered = (command: string) => new Unanswered({ command, message: `nobody answers ${command}` })
  return {
    serve: (command, handle) =>
      Effect.gen(function* () {
        const scope = yield* Effect.scope
        const answer = answerRequest(command, handle)
        // A request is handled where the command is served, and dies with it.
        const serving = (text: string) => Effect.forkIn(answer(text), scope)
        yield* Effect.acquireRelease(
          Effect.sync(() => void handlers.set(command.command, serving)),
          () => Effect.sync(() => void handlers.delete(command.command))
        )
      }),
    request: (command, payload, id = `request-${requests++}`) =>
      Effect.gen(function* () {
        const text = yield* encodeRequest(command, payload, id)
        const handler = handlers.get(command.command)
        if (handler === undefined) return yield* unanswered(command.command)
        const fiber = yield* handler(text)
        const answer = yield* Fiber.join(fiber).pipe(
          Effect.catchCause(() => Effect.fail(unanswered(command.command))),
          Effect.timeoutOrElse({
            duration: answerTimeoutMillis,
            orElse: () => Effect.fail(unanswered(command.command))
          })
        )
        return yield* decodeAnswer(command, answer)
      })
  }
}

export const memoryCommandBus = Layer.sync(CommandBus, () => CommandBus.of(make()))
