/** The log as Server-Sent Events. */
import { Clock, type Deferred, Effect, Stream } from "effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { parseStreamId } from "../../../contracts/http/events.ts"
import {
  GenerationChanged,
  InvalidRequest,
  retryAfterSeconds,
  TooMany,
  Unavailable
} from "../../../contracts/http/problems.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import type { Accounts } from "../accounts.ts"
import { mayReadWords } from "../authorize.ts"
import { eventFrames, parseContexts, streamsMax } from "../sse.ts"

/** Not to be kept, and not to be held back by a proxy until there is more of it. */
const streamHeaders = { "cache-control": "no-store", "x-accel-buffering": "no" }

/** The sequence after which a client wants to hear. */
const placeOf = Effect.fnUntraced(function* (field: string, id: string | undefined) {
  const log = yield* EventLog
  const last = yield* log.last.pipe(Effect.mapError((error) => new Unavailable({ detail: error.message })))
  if (id === undefined) return last
  const place = parseStreamId(id)
  if (place === undefined)
    return yield* new InvalidRequest({
      field,
      detail: `Expected the id of an event, or a sequence, found ${JSON.stringify(id.slice(0, 60))}.`
    })
  // A sequence beyond the end was numbered by another log, whatever it says of itself.
  if ((place.generation ?? log.generation) !== log.generation || place.sequence > last)
    return yield* new GenerationChanged({
      generation: log.generation,
      detail:
        "The log was restored or replaced since this place in it was noted. Read everything anew, without a place."
    })
  return place.sequence
})

const contextsOf = Effect.fnUntraced(function* (text: string | undefined) {
  if (text === undefined) return undefined
  const found = parseContexts(text)
  if ("unknown" in found)
    return yield* new InvalidRequest({
      field: "query.context",
      detail: `There is no context ${JSON.stringify(found.unknown.slice(0, 60))}.`
    })
  return found
})

/** How long a place is kept for a stream that has not begun: its client may have gone before. */
const beginsWithinMillis = 10_000

/** So many places, each of them taken, begun and given back; one that does not begin is free again by itself. */
const makePlaces = (count: number) => {
  const taken = new Set<{ begun: boolean; readonly since: number }>()
  return {
    take: (now: number) => {
      for (const place of taken)
        if (!place.begun && now - place.since > beginsWithinMillis) taken.delete(place)
      if (taken.size >= count) return undefined
      const place = { begun: false, since: now }
      taken.add(place)
      return {
        begin: () => {
          place.begun = true
          taken.add(place)
        },
        giveBack: () => void taken.delete(place)
      }
    }
  }
}

export const events = (accounts: Accounts, stopping: Deferred.Deferred<void>) => {
  const places = makePlaces(streamsMax)
  return HttpApiBuilder.group(api, "events", (handlers) =>
    handlers.handleAll({
      stream: Effect.fnUntraced(function* ({ headers, query }) {
        // A client that reconnects by itself repeats its first URL: what it noted since then goes first.
        const noted = headers["last-event-id"]
        const after = yield* noted === undefined
          ? placeOf("query.from", query.from)
          : placeOf("headers.last-event-id", noted)
        const contexts = yield* contextsOf(query.context)
        const options = { after, contexts, words: yield* mayReadWords, key: yield* CurrentKey }
        const frames = yield* eventFrames(options, accounts, stopping)
        // At once with the answer: of many that come together, each finds what the others have taken.
        const place = places.take(yield* Clock.currentTimeMillis)
        if (place === undefined)
          return yield* new TooMany({
            retryAfterSeconds,
            detail: `${streamsMax} event streams are open, which is all there can be.`
          })
        const placed = Stream.unwrap(
          Effect.as(
            Effect.acquireRelease(Effect.sync(place.begin), () => Effect.sync(place.giveBack)),
            frames
          )
        )
        return HttpServerResponse.stream(Stream.encodeText(placed), {
          contentType: "text/event-stream; charset=utf-8",
          headers: streamHeaders
        })
      })
    })
  )
}
