/** Reading what a service of JSON answers. */
import { Effect, Schema } from "effect"
import type { Answered } from "../../../infra/guarded-client/client.ts"
import { SourceFailed } from "./source.ts"

/** No answer of a source comes near this: what is larger is not read to its end, and is none. */
export const answerBytesMax = 512 * 1024

/** For one attempt. */
export const attemptMillis = 2_500

/** Statuses by which services say that they were asked enough; 509 is PhishTank's. */
const enough = new Set([429, 509])
const refusing = new Set([401, 403])

const waitMaxSeconds = 86_400

/** By which services say when they want to be asked again: all, urlscan.io, and PhishTank (`300 Seconds`). */
const waits = ["retry-after", "x-rate-limit-reset-after", "x-request-limit-interval"]

/** `Retry-After` in seconds, or what stands for it; a date is passed over. */
const retryAfter = ({ headers }: Answered): { readonly retryAfterSeconds?: number } => {
  const said = waits.map((name) => headers[name]).find((wait) => wait !== undefined)
  const seconds = /^(\d{1,6})(?: seconds)?$/i.exec(said ?? "")?.[1]
  return seconds === undefined ? {} : { retryAfterSeconds: Math.min(Number(seconds), waitMaxSeconds) }
}

/** What an answer without success says. */
export const faultOf = (answer: Answered): SourceFailed => {
  const { status } = answer
  if (enough.has(status)) return new SourceFailed({ fault: "over-quota", message: "", ...retryAfter(answer) })
  if (refusing.has(status))
    return new SourceFailed({ fault: "key-refused", message: "it does not accept the key" })
  if (status >= 500)
    return new SourceFailed({ fault: "unavailable", message: "it is out of order", ...retryAfter(answer) })
  return new SourceFailed({ fault: "malformed", message: `it answered with status ${status}` })
}

const unreadable = new SourceFailed({ fault: "malformed", message: "its answer could not be read" })

/** Decodes a successful answer; every other one is a fault of the service. */
export const answerJson = <S extends Schema.Codec<unknown, unknown>>(schema: S) => {
  const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(schema))
  return (answer: Answered): Effect.Effect<S["Type"], SourceFailed> => {
    if (answer.status !== 200) return Effect.fail(faultOf(answer))
    if (answer.cut) return Effect.fail(unreadable)
    return decode(answer.bytes.toString("utf8")).pipe(Effect.mapError(() => unreadable))
  }
}
