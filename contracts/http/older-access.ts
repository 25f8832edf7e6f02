/**
 * Who may ask in the ways of the older systems. Their clients give a key of ours where they gave a token of theirs, as
 * `Authorization: Bearer KEY` or as `Authorization: KEY`, and are refused in words that they know.
 */
import { Schema } from "effect"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import { CurrentKey, signInCookie } from "./access.ts"

/** Since when these routes are deprecated, as the header `Deprecation` says it (RFC 9745). */
export const deprecatedSince = "@1767225600"

const security = {
  bearer: HttpApiSecurity.bearer,
  header: HttpApiSecurity.apiKey({ in: "header", key: "x-api-key" }),
  cookie: HttpApiSecurity.apiKey({ in: "cookie", key: signInCookie })
} as const

/** An error as the older scanner told it: a word for programs, and here a sentence beside it. */
const scannerError = <const Code extends string>(status: number, ...codes: ReadonlyArray<Code>) =>
  Schema.Struct({ error: Schema.Literals(codes), detail: Schema.String }).pipe(HttpApiSchema.status(status))

export const scannerErrors = {
  unauthorized: scannerError(401, "unauthorized"),
  forbidden: scannerError(403, "forbidden"),
  tooMany: scannerError(429, "too_many_requests"),
  invalid: scannerError(400, "invalid_request", "invalid_after_cursor", "invalid_url"),
  notFound: scannerError(404, "not_found"),
  unavailable: scannerError(503, "unavailable")
} as const

/** An error in the envelope of the older scheduler. */
const schedulerError = <const Code extends string>(status: number, code: Code) =>
  Schema.Struct({ success: Schema.Literal(false), error: Schema.String, code: Schema.Literal(code) }).pipe(
    HttpApiSchema.status(status)
  )

export const schedulerErrors = {
  unauthorized: schedulerError(401, "UNAUTHORIZED"),
  forbidden: schedulerError(403, "FORBIDDEN"),
  tooMany: schedulerError(429, "RATE_LIMIT_EXCEEDED"),
  invalid: schedulerError(400, "VALIDATION_ERROR"),
  notFound: schedulerError(404, "NOT_FOUND"),
  unavailable: schedulerError(503, "INTERNAL_ERROR")
} as const

export class OlderScannerAccess extends HttpApiMiddleware.Service<
  OlderScannerAccess,
  { provides: CurrentKey }
>()("wadjet/http/OlderScannerAccess", {
  error: [scannerErrors.unauthorized, scannerErrors.forbidden, scannerErrors.tooMany],
  security
}) {}

export class OlderSchedulerAccess extends HttpApiMiddleware.Service<
  OlderSchedulerAccess,
  { provides: CurrentKey }
>()("wadjet/http/OlderSchedulerAccess", {
  error: [schedulerErrors.unauthorized, schedulerErrors.forbidden, schedulerErrors.tooMany],
  security
}) {}
