/**
 * `?asOf=`: the read models as they stood at an event or a time. Whatever asks for read models gets those that its
 * request is about, so that no list can forget about it.
 */
import { Clock, Effect } from "effect"
import { appendPreResponseHandler } from "effect/http/HttpEffect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { asOfHeader } from "../../contracts/http/lists.ts"
import { Behind, InvalidRequest, Unavailable } from "../../contracts/http/problems.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { type Entity, entityAt } from "../../projections/past/entity.ts"
import { PastModels } from "../../projections/past/models.ts"
import { parseMoment, sequenceAt } from "../../projections/past/moment.ts"
import type { Queries, ReadModelsService } from "../../projections/reader.ts"

/** How long a request waits for read models that are being folded; who asks again goes on waiting. */
const waitSecondsMax = 5

/** What `asOf` was given; undefined where it was not. */
export const askedMoment = Effect.map(
  HttpServerRequest,
  ({ url }) => new URL(url, "http://localhost").searchParams.get("asOf") ?? undefined
)

const field = "query.asOf"

const unavailable = ({ message }: { readonly message: string }) => new Unavailable({ detail: message })

/** The event that a moment stands for. One that is yet to come has not been seen by anybody. */
const sequenceOf = Effect.fnUntraced(function* (text: string) {
  const moment = parseMoment(text)
  if (moment === undefined)
    return yield* new InvalidRequest({
      field,
      detail: `Expected the number of an event, or a time such as 2026-01-31T10:00:00Z, found ${JSON.stringify(text.slice(0, 60))}.`
    })
  if ("time" in moment) return yield* sequenceAt(moment.time).pipe(Effect.mapError(unavailable))
  const log = yield* EventLog
  const last = yield* log.last.pipe(Effect.mapError(unavailable))
  if (moment.sequence > last)
    return yield* new InvalidRequest({
      field,
      detail: `Expected an event of this log, which ends at ${last}, found ${moment.sequence}.`
    })
  return moment.sequence
})

const notYet = (past: PastModels["Service"], sequence: number) => {
  const done = past.building().find((it) => it.sequence === sequence)?.done ?? 0
  return new Behind({
    sequence,
    detail: `The read models of event ${sequence} are being folded: ${done} of ${sequence} events by now. Ask again.`
  })
}

/** What was is not waited for. */
const asModels = (queries: Queries): ReadModelsService => ({ ...queries, after: () => Effect.void })

/** The answer says which event a time stood for. */
const saying = (sequence: number) =>
  appendPreResponseHandler((_request, response) =>
    Effect.succeed(HttpServerResponse.setHeader(response, asOfHeader, String(sequence)))
  )

/** The read models of a moment. Of one thing alone they are folded from its own events, at once. */
export const modelsAt = Effect.fnUntraced(function* (text: string, about?: Entity) {
  const sequence = yield* sequenceOf(text)
  yield* saying(sequence)
  if (about !== undefined)
    return asModels(yield* entityAt(about, sequence).pipe(Effect.mapError(unavailable)))
  const past = yield* PastModels
  const found = yield* past.at(sequence).pipe(
    Effect.mapError(unavailable),
    Effect.timeoutOrElse({
      duration: `${waitSecondsMax} seconds`,
      orElse: () => Effect.suspend(() => notYet(past, sequence))
    })
  )
  return asModels(found.queries)
})

/** Now, or the moment that is asked about, in milliseconds since the epoch; before the first event it is now. */
export const nowOrThen = Effect.gen(function* () {
  const now = yield* Clock.currentTimeMillis
  const text = yield* askedMoment
  const sequence = text === undefined ? 0 : yield* sequenceOf(text)
  if (sequence === 0) return now
  const log = yield* EventLog
  const event = yield* log.get(sequence).pipe(Effect.mapError(unavailable))
  return event === undefined || event.type === "unreadable" ? now : event.time
})
