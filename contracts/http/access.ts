/** Who may ask what: roles and scopes, what each endpoint needs, and who is behind a request. */
import { Context, Schema } from "effect"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import { Role } from "../account.ts"
import type { KeyId, SignInId, UserId } from "../ids.ts"
import {
  CrossSite,
  Forbidden,
  InvalidRequest,
  Misdirected,
  OutOfScope,
  TooLarge,
  TooMany,
  Unauthorized
} from "./problems.ts"

/** From the least to the most. Each may do what those before it may. */
const ranks: ReadonlyArray<Role> = Role.literals

/** Whether a role is enough for what another one may do. */
export const isAtLeast = (has: Role, needs: Role): boolean => ranks.indexOf(has) >= ranks.indexOf(needs)

/**
 * The role from which on names, words, URLs and reasons are shown. Below it they are `null` in answers and
 * absent from the event stream, though counts, levels and ids are there.
 */
export const wordsRole: Role = "operator"

/** The role that an endpoint needs, as an annotation of its declaration. One without it needs `owner`. */
export class NeedsRole extends Context.Service<NeedsRole, Role>()("wadjet/http/NeedsRole") {}

/**
 * What a key is for, beside its role: a group of this API, such as `jobs`, or the reading of one, such as `jobs:read`.
 * A key without scopes is for all of them.
 */
export const Scope = Schema.String.pipe(
  Schema.check(Schema.isPattern(/^[a-zA-Z]{1,40}(:read)?$/u)),
  Schema.annotate({
    identifier: "Scope",
    description: "a group of the API, such as `jobs`, or its reading alone, such as `jobs:read`"
  })
)
export type Scope = typeof Scope.Type

/** Whether a key of these scopes may use an endpoint of a group. */
export const isInScope = (scopes: ReadonlyArray<Scope> | null, group: string, reads: boolean): boolean =>
  scopes === null || scopes.includes(group) || (reads && scopes.includes(`${group}:read`))

/** Who a request is from: a key of a program, or somebody who is signed in with a browser. */
export interface KeyInUse {
  readonly key: KeyId | UserId
  readonly role: Role
  /** The browser; absent for a key. */
  readonly signIn?: SignInId
}

export class CurrentKey extends Context.Service<CurrentKey, KeyInUse>()("wadjet/http/CurrentKey") {}

/** The cookie of a browser that is signed in. Where the page is reached over TLS it has the prefix of that. */
export const signInCookie = "wadjet-sign-in"
export const signInCookieOverTls = `__Host-${signInCookie}`

/** The header that shows, with the value from `GET /v1/account`, that a request comes from the page itself. */
export const pageTokenHeader = "x-wadjet-page"

/**
 * `Authorization: Bearer <key>` or `X-Api-Key: <key>`; never in a URL: those end up in logs and histories. Browsers
 * have a cookie, and for whatever changes something also the header of the page's token.
 */
export class Authorization extends HttpApiMiddleware.Service<Authorization, { provides: CurrentKey }>()(
  "wadjet/http/Authorization",
  {
    error: [Unauthorized, Forbidden, OutOfScope, CrossSite, TooMany],
    security: {
      bearer: HttpApiSecurity.bearer,
      header: HttpApiSecurity.apiKey({ in: "header", key: "x-api-key" }),
      cookie: HttpApiSecurity.apiKey({ in: "cookie", key: signInCookie })
    }
  }
) {}

/**
 * Answers a request that does not have its declared shape with the fields at fault; one too large is not read, and one
 * too many at once is told to come again, and one that was meant for another server is told so.
 */
export class FieldErrors extends HttpApiMiddleware.Service<FieldErrors>()("wadjet/http/FieldErrors", {
  error: [InvalidRequest, TooLarge, TooMany, Misdirected]
}) {}
