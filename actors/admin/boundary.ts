/** The outermost layer of every request: limits on the way in; headers and problem documents on the way out. */
import { ByteSize, Cause, Effect } from "effect"
import type { HttpServerError } from "effect/http/HttpServerError"
import { isHttpServerError } from "effect/http/HttpServerError"
import { MaxBodySize } from "effect/http/HttpIncomingMessage"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerRespondable from "effect/http/HttpServerRespondable"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { bodyBytesMax } from "../../contracts/http/api.ts"
import { tagging } from "./entity-tags.ts"
import {
  Internal,
  InvalidRequest,
  NotFound,
  retryAfterSeconds,
  TooLarge
} from "../../contracts/http/problems.ts"

/**
 * The page loads from here and nowhere else, runs no script of a text, and is framed by nobody.
 *
 * @see https://www.w3.org/TR/CSP3/
 */
const securityHeaders = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin"
} as const

const tooLarge = new TooLarge({
  limitBytes: bodyBytesMax,
  detail: `Expected a body of at most ${bodyBytesMax} bytes.`
})

type Problem = InvalidRequest | NotFound | TooLarge | Internal

const problemOfRequest = (error: HttpServerError): Problem | undefined => {
  const { reason } = error
  switch (reason._tag) {
    case "RouteNotFound":
      return new NotFound({
        detail: `There is nothing at ${reason.request.method} ${reason.request.url.split("?")[0]}.`
      })
    case "RequestParseError":
      return reason.reason === "BodyTooLarge"
        ? tooLarge
        : new InvalidRequest({ field: "body", detail: "The body could not be read." })
    default:
      return undefined
  }
}

const isProblem = (fault: unknown): fault is Problem => fault instanceof Internal || fault instanceof TooLarge

/** What a failed request is answered with. Interruptions are the server's own business and pass through. */
const recover = (cause: Cause.Cause<unknown>) =>
  Effect.gen(function* () {
    if (Cause.hasInterruptsOnly(cause)) return yield* Effect.failCause(cause as Cause.Cause<never>)
    const fault = Cause.squash(cause)
    const expected = isHttpServerError(fault) ? problemOfRequest(fault) : isProblem(fault) ? fault : undefined
    if (expected === undefined) yield* Effect.logError("a request broke", cause)
    return yield* HttpServerRespondable.toResponse(expected ?? new Internal({}))
  })

const withRetryAfter = (response: HttpServerResponse.HttpServerResponse) =>
  (response.status === 429 || response.status === 503) && response.headers["retry-after"] === undefined
    ? HttpServerResponse.setHeader(response, "retry-after", String(retryAfterSeconds))
    : response

/** What RFC 9110 asks of every 401. Browsers open no dialog for this scheme. */
const withChallenge = (response: HttpServerResponse.HttpServerResponse) =>
  response.status === 401
    ? HttpServerResponse.setHeader(response, "www-authenticate", 'Bearer realm="wadjet"')
    : response

/** Refuses a body that says it is too large before anything of it is read. */
const withinLimits = <E, R>(answer: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.flatMap(HttpServerRequest, (request) =>
    Number(request.headers["content-length"] ?? 0) > bodyBytesMax
      ? HttpServerRespondable.toResponse(tooLarge)
      : answer
  ).pipe(Effect.provideService(MaxBodySize, ByteSize.bytes(bodyBytesMax)))

/** Wraps all routes, known and unknown. */
export const guarded = <E, R>(answer: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  withinLimits(answer).pipe(
    Effect.tap(tagging),
    Effect.catchCause(recover),
    Effect.map((response) =>
      HttpServerResponse.setHeaders(withChallenge(withRetryAfter(response)), securityHeaders)
    )
  )
