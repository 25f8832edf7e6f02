/** Commands as NATS request and reply. */
import { randomUUID } from "node:crypto"
import type { Msg } from "@nats-io/transport-node"
import { Effect, Layer } from "effect"
import { type CommandType, Refused } from "../../contracts/command.ts"
import { commandSubject } from "../../contracts/subjects.ts"
import { Keyring } from "../keyring/keyring.ts"
import { Nats } from "../nats/connection.ts"
import { CommandBus, Unanswered } from "./command-bus.ts"
import { answerRequest, decodeAnswer, encodeRequest } from "./wire.ts"

/** How long an answer may take: the log's own answer, and some folding. */
const answerTimeoutMillis = 15_000

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** Whoever asked waits in vain then, and is told so by its own clock; here it is said why. */
const couldNot = (what: string, command: CommandType, cause: unknown) =>
  Effect.logWarning(`${what} a command`, { command: command.command, error: reasonOf(cause) })

const respond = (command: CommandType, message: Msg, text: string) =>
  Effect.try({ try: () => message.respond(text), catch: reasonOf }).pipe(
    Effect.catch((cause) => couldNot("could not answer", command, cause))
  )

/** The server would end the connection of who sends more than it takes. */
const fitting = (command: CommandType, text: string, bytesMax: number | undefined) => {
  const bytes = Buffer.byteLength(text)
  return bytesMax === undefined || bytes <= bytesMax
    ? Effect.succeed(text)
    : Effect.fail(
        new Refused({
          command: command.command,
          reason: "too-large",
          message: `expected a request of at most ${bytesMax} bytes, found one of ${bytes}`
        })
      )
}

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
                if (error !== null) return void run(couldNot("cannot hear", command, error))
                const answering = Effect.flatMap(answer(message.string()), (text) =>
                  respond(command, message, text)
                )
                // A request is handled where the command is served, and dies with it.
                run(Effect.forkIn(answering, scope, { startImmediately: true }))
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
        Effect.flatMap((text) => fitting(command, text, connection.info?.max_payload)),
        Effect.flatMap((text) =>
          Effect.tryPromise({
            try: () =>
              connection.request(commandSubject(account, command.context, command.verb), text, {
                timeout: answerTimeoutMillis
              }),
            catch: (cause) =>
              new Unanswered({
                command: command.command,
                message: `expected ${command.answeredBy} to answer ${command.command}, found: ${reasonOf(cause)}; is it running?`
              })
          })
        ),
        Effect.flatMap((reply) => decodeAnswer(command, reply.string()))
      )
  })
})

export const natsCommandBus = Layer.effect(CommandBus, make)
