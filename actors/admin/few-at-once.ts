/** How many requests are worked on at the same time: whoever asks more is told to come again, and waits for nothing. */
import { Effect } from "effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerRespondable from "effect/http/HttpServerRespondable"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import { retryAfterSeconds, TooMany } from "../../contracts/http/problems.ts"

/** Whoever looks whether it lives is answered however busy it is: else it would be started again for being busy. */
const alive = "/healthz"

/**
 * Lets so many requests in at once, and answers 429 to the others. An event stream is over, to this, once it began:
 * streams have places of their own.
 *
 * @example const answer = fewAtOnce(500)(routes)
 */
export const fewAtOnce = (max: number) => {
  let under = 0
  const refused = new TooMany({
    retryAfterSeconds,
    detail: `${max} requests are being answered, which is all there can be at once.`
  })
  return <E, R>(answer: Effect.Effect<HttpServerResponse, E, R>) =>
    Effect.flatMap(HttpServerRequest, ({ url }) => {
      if (url === alive) return answer
      if (under >= max) return HttpServerRespondable.toResponse(refused)
      under += 1
      return Effect.ensuring(
        answer,
        Effect.sync(() => {
          under -= 1
        })
      )
    })
}
