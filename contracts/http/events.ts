/**
 * The log as Server-Sent Events. Each event's id is `generation-sequence`; `Last-Event-ID`, or `from` with
 * the same, resumes exactly behind it. After a restore the log is another generation: a place in the one before is
 * answered 409 with `generation-changed`, and whoever had it reads everything anew.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { Authorization, NeedsRole } from "./access.ts"
import { GenerationChanged, InvalidRequest, TooMany, Unavailable } from "./problems.ts"

/** Where a reader stands. */
export interface StreamPlace {
  /** Absent where only a sequence was given: then it is about the log as it is. */
  readonly generation: string | undefined
  /** The last sequence that the reader has. */
  readonly sequence: number
}

/** Writes a place as the id of an event. */
export const streamId = (generation: string, sequence: number): string => `${generation}-${sequence}`

/** Reads `generation-sequence` or a bare sequence; `undefined` where it is neither. */
export const parseStreamId = (text: string): StreamPlace | undefined => {
  const match = /^(?:(.+)-)?(\d{1,15})$/.exec(text)
  return match === null ? undefined : { generation: match[1], sequence: Number(match[2]) }
}

const stream = HttpApiEndpoint.get("stream", "/v1/events", {
  headers: { "last-event-id": Schema.optionalKey(Schema.String) },
  query: {
    from: Schema.optionalKey(
      Schema.String.annotate({
        description: "An event's id, or a sequence: what comes after it. Only what is new, when absent."
      })
    ),
    context: Schema.optionalKey(
      Schema.String.annotate({
        description: "Contexts wanted, separated by commas; all of them when absent."
      })
    )
  },
  success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/event-stream" })),
  error: [InvalidRequest, GenerationChanged, TooMany, Unavailable]
}).annotate(NeedsRole, "viewer")

export const events = HttpApiGroup.make("events").add(stream).middleware(Authorization)
