/** Saying when to come again, in the problem document and in the header alike. */
import { Effect } from "effect"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { TooMany } from "../../contracts/http/problems.ts"

/** Fails with 429. `seconds` is when asking again may help. */
export const tooMany = Effect.fnUntraced(function* (seconds: number, detail: string) {
  yield* HttpEffect.appendPreResponseHandler((_request, response) =>
    Effect.succeed(HttpServerResponse.setHeader(response, "retry-after", String(seconds)))
  )
  return yield* new TooMany({ retryAfterSeconds: seconds, detail })
})
