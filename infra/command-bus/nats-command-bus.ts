/** Commands as NATS request and reply. */
import { randomUUID } from "node:crypto"
import { Effect, Layer } from "effect"
import { commandSubject } from "../../contracts/subjects.ts"
import { Keyring } from "../keyring/keyring.ts"
import { Nats } from "../nats/connection.ts"
import { CommandBus, Unanswered } from "./command-bus.ts"
import { answerRequest, decodeAnswer, encodeRequest } from "./wire.ts"

/** How long an answer may take: the log's own answer, and some folding. */
const answerTimeoutMillis = 15_000

const make = Effect.gen(function* () {
  const { connection } = yield* Nats
  const { account } = yield* Keyring
  const services = yield* Effect.context<never>()
  const run = Effect.runForkWith(services)

  return CommandBus.of({
    serve: (command, handle) =>
      Effect.gen(function* () {
        const scope = yield* Effect.scope
        const answer = answerRequest(command, handle)
        yield* Effect.acquireRelease(
          Effect.sync(() =>
            connection.subscribe(commandSubject(account, command.context, command.verb), {
              queue: command.answeredBy,
              callback: (error, message) => {
                if (error !== null) return
                const answering = Effect.map(answer(message.string()), (text) => message.respond(text))
                // A request is handled where the command is served, and dies with it.
                run(Effect.forkIn(answering, scope))
              }
            })
          ),
          (subscription) => Effect.sync(() => subscription.unsubscribe())
        )
        // Once the server knows of the subscription, a request from anywhere finds it.
        yield* Effect.tryPromise(() => connection.flush()).pipe(Effect.ignore)
      }),
    request: (command, payload, id = randomUUID()) =>
      encodeRequest(command, payload, id).pipe(
        Effect.flatMap((text) =>
          Effect.tryPromise({
            try: () =>
              connection.request(commandSubject(account, command.context, command.verb), text, {
                timeout: answerTimeoutMillis
              }),
            catch: (cause) =>
              new Unanswered({
                command: command.command,
                message: `expected ${command.answeredBy} to answer ${command.command}, found: ${cause instanceof Error ? cause.message : String(cause)}; is it running?`
              })
          })
        ),
        Effect.flatMap((reply) => decodeAnswer(command, reply.string()))
      )
  })
})

export const natsCommandBus = Layer.effect(CommandBus, make)
