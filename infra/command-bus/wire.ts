/** What travels in a request and its answer, whoever carries it. */
import { Cause, Effect, Schema } from "effect"
import { type CommandType, Refused } from "../../contracts/command.ts"
import { type Request, Unanswered } from "./command-bus.ts"

type Handle<C extends CommandType> = (request: Request<C>) => Effect.Effect<C["answer"]["Type"], Refused>

const invalid = (command: CommandType) => (cause: unknown) =>
  new Refused({
    command: command.command,
    reason: "invalid",
    message: cause instanceof Error ? cause.message : String(cause)
  })

/** A request as JSON. One that could only be refused is refused here, in the words of who answers it. */
export const encodeRequest = <C extends CommandType>(
  command: C,
  payload: C["payload"]["Type"],
  id: string
): Effect.Effect<string, Refused> =>
  Effect.try({
    try: () => JSON.stringify({ id, payload: Schema.encodeUnknownSync(command.payload)(payload) }),
    catch: invalid(command)
  })

/** The id is what makes a request that is sent again the same one: it cannot be left out. */
const idOf = (id: unknown): string => {
  if (typeof id === "string" && id !== "") return id
  throw new Error('expected the id of the request, a text, at ["id"]')
}

/**
 * Decodes a request, has it handled, and encodes the answer. A malformed one is refused as invalid; a
 * handler that breaks is answered for, or its client would wait in vain.
 */
export const answerRequest = <C extends CommandType>(command: C, handle: Handle<C>) => {
  const decode = Schema.decodeUnknownSync(command.payload)
  const encode = Schema.encodeUnknownSync(command.answer)
  return (text: string): Effect.Effect<string> =>
    Effect.try({
      try: (): Request<C> => {
        const { id, payload } = JSON.parse(text) as { readonly id: unknown; readonly payload: unknown }
        return { id: idOf(id), payload: decode(payload) as C["payload"]["Type"] }
      },
      catch: invalid(command)
    }).pipe(
      Effect.flatMap(handle),
      Effect.map((answer) => JSON.stringify({ ok: encode(answer) })),
      Effect.catch(({ message, reason }) => Effect.succeed(JSON.stringify({ refused: { reason, message } }))),
      Effect.catchCause((cause) =>
        Cause.hasInterruptsOnly(cause)
          ? Effect.failCause(cause)
          : Effect.as(broke(command, cause), brokeAnswer)
      )
    )
}

const broke = (command: CommandType, cause: Cause.Cause<never>) =>
  Effect.logError("the handler of a command broke", { command: command.command }, cause)

const brokeAnswer = JSON.stringify({
  refused: { reason: "unavailable", message: "it could not be handled; the log of this system says why" }
})

const RefusedAnswer = Schema.Struct({
  refused: Schema.Struct({ reason: Refused.fields.reason, message: Schema.String })
})

type Answered<A> = { readonly ok: A } | typeof RefusedAnswer.Type

const makeDecoder = (command: CommandType): ((text: string) => unknown) =>
  Schema.decodeUnknownSync(
    Schema.fromJsonString(Schema.Union([Schema.Struct({ ok: command.answer }), RefusedAnswer]))
  )

/** Made once: that costs more than using it. */
const decoders = new WeakMap<CommandType, (text: string) => unknown>()

const decoderOf = <C extends CommandType>(command: C) => {
  const decode = decoders.get(command) ?? makeDecoder(command)
  decoders.set(command, decode)
  return decode as (text: string) => Answered<C["answer"]["Type"]>
}

/** The answer, or the refusal as an error. One that is neither comes from another version, and is no answer. */
export const decodeAnswer = <C extends CommandType>(
  command: C,
  text: string
): Effect.Effect<C["answer"]["Type"], Refused | Unanswered> => {
  const decode = decoderOf(command)
  return Effect.try({
    try: () => decode(text),
    catch: (cause) =>
      new Unanswered({
        command: command.command,
        message: `expected the answer to ${command.command}, found something else: ${String(cause)}; does everything run the same version?`
      })
  }).pipe(
    Effect.flatMap((answer) =>
      "ok" in answer
        ? Effect.succeed(answer.ok)
        : Effect.fail(new Refused({ command: command.command, ...answer.refused }))
    )
  )
}
