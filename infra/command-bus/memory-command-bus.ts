/** Commands within one process, for deterministic tests. What is sent is encoded and decoded all the same. */
import { Effect, Layer } from "effect"
import { CommandBus, type CommandBusService, Unanswered } from "./command-bus.ts"
import { answerRequest, decodeAnswer, encodeRequest } from "./wire.ts"

const make = (): CommandBusService => {
  const handlers = new Map<string, (text: string) => Effect.Effect<string>>()
  let requests = 0
  return {
    serve: (command, handle) =>
      Effect.acquireRelease(
        Effect.sync(() => void handlers.set(command.command, answerRequest(command, handle))),
        () => Effect.sync(() => void handlers.delete(command.command))
      ),
    request: (command, payload, id = `request-${requests++}`) => {
      const handler = handlers.get(command.command)
      if (handler === undefined)
        return Effect.fail(new Unanswered({ command: command.command, message: `nobody answers ${command.command}` }))
      return Effect.flatMap(handler(encodeRequest(command, payload, id)), (text) => decodeAnswer(command, text))
    }
  }
}

export const memoryCommandBus = Layer.sync(CommandBus, () => CommandBus.of(make()))
