/**
 * `POST /scheduler/refresh`, as the older scheduler's web page calls it after it wrote something. It has the older
 * envelope and the older secret, and is no part of the API that is declared.
 */
import { createHash, timingSafeEqual } from "node:crypto"
import { Effect, Layer, Redacted, Semaphore } from "effect"
import { deprecated } from "../older/access.ts"
import { HttpRouter } from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** What a refresh is, to whoever composes the parts. */
export interface RefreshOlder<R> {
  readonly secret: Redacted.Redacted | undefined
  /** What came of it, as JSON. Fails with a sentence where the source cannot be read, or an actor does not answer. */
  readonly run: Effect.Effect<object, { readonly message: string }, R>
}

const refuse = (status: number, code: string, error: string) =>
  HttpServerResponse.jsonUnsafe({ success: false, error, code }, { status })

/** Compared by their digests, which are of one length, in a time that tells nothing of either. */
const isSame = (given: string, secret: Redacted.Redacted): boolean => {
  const digest = (text: string) => createHash("sha256").update(text).digest()
  return timingSafeEqual(digest(given), digest(Redacted.value(secret)))
}

const notConfigured = refuse(
  404,
  "NOT_FOUND",
  "No older scheduler is configured: set WADJET_OLDER_SCHEDULER and WADJET_OLDER_SCHEDULER_SECRET."
)
const unauthorized = refuse(401, "UNAUTHORIZED", "Expected the secret of the settings in X-API-Secret.")

const answer = <R>({ run, secret }: RefreshOlder<R>, one: Semaphore.Semaphore) =>
  Effect.gen(function* () {
    const { headers } = yield* HttpServerRequest
    if (secret === undefined) return notConfigured
    if (!isSame(headers["x-api-secret"] ?? "", secret)) return unauthorized
    return yield* one
      .withPermits(1)(run)
      .pipe(
        Effect.map((data) => HttpServerResponse.jsonUnsafe({ success: true, data })),
        Effect.tapError(({ message }) => Effect.logWarning("a refresh failed", { error: message })),
        Effect.catch(({ message }) => Effect.succeed(refuse(503, "INTERNAL_ERROR", message)))
      )
  })

/** One refresh at a time: the second finds what the first has done. */
export const olderScheduler = <R>(refresh: RefreshOlder<R> | undefined) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const router = yield* HttpRouter
      const context = yield* Effect.context<R>()
      const one = yield* Semaphore.make(1)
      const handler =
        refresh === undefined
          ? Effect.succeed(notConfigured)
          : answer(refresh, one).pipe(Effect.provideContext(context))
      yield* router.add("POST", "/scheduler/refresh", Effect.map(handler, deprecated))
    })
  )
