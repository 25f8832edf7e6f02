/** What travels in a request and its answer, whoever carries it. */
import { Effect, Schema } from "effect"
import { type CommandType, Refused } from "../../contracts/command.ts"
import type { Request } from "./command-bus.ts"

type Handle<C extends CommandType> = (request: Request<C>) => Effect.Effect<C["answer"]["Type"], Refused>

/** An answer as JSON: either `ok` or `refused`. */
interface Answer {
  readonly ok?: unknown
  readonly refused?: { readonly reason: Refused["reason"]; readonly message: string }
}

export const encodeRequest = <C extends CommandType>(
  command: C,
  payload: C["payload"]["Type"],
  id: string
): string => JSON.stringify({ id, payload: Schema.encodeUnknownSync(command.payload)(payload) })

/** Decodes a request, has it handled, and encodes the answer. A malformed one is refused as invalid. */
export const answerRequest = <C extends CommandType>(command: C, handle: Handle<C>) => {
  const decode = Schema.decodeUnknownSync(command.payload)
  const encode = Schema.encodeUnknownSync(command.answer)
  return (text: string): Effect.Effect<string> =>
    Effect.try({
      try: (): Request<C> => {
        const { id, payload } = JSON.parse(text) as { readonly id: string; readonly payload: unknown }
        return { id: String(id), payload: decode(payload) as C["payload"]["Type"] }
      },
      catch: (cause) =>
        new Refused({
          command: command.command,
          reason: "invalid",
          message: cause instanceof Error ? cause.message : String(cause)
        })
    }).pipe(
      Effect.flatMap(handle),
      Effect.map((answer) => JSON.stringify({ ok: encode(answer) })),
      Effect.catch((refused) =>
        Effect.succeed(JSON.stringify({ refused: { reason: refused.reason, message: refused.message } }))
      )
    )
}

/** The answer, or the refusal as an error. */
export const decodeAnswer = <C extends CommandType>(
  command: C,
  text: string
): Effect.Effect<C["answer"]["Type"], Refused> => {
  const answer = JSON.parse(text) as Answer
  if (answer.refused !== undefined)
    return Effect.fail(new Refused({ command: command.command, ...answer.refused }))
  return Effect.succeed(Schema.decodeUnknownSync(command.answer)(answer.ok) as C["answer"]["Type"])
}
