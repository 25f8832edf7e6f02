/** Who may ask what: roles, what each endpoint needs, and the key behind a request. */
import { Context } from "effect"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import { Role } from "../account.ts"
import type { KeyId } from "../ids.ts"
import { Forbidden, InvalidRequest, Unauthorized } from "./problems.ts"

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

/** The key that a request was made with. */
export interface KeyInUse {
  readonly key: KeyId
  readonly role: Role
}

export class CurrentKey extends Context.Service<CurrentKey, KeyInUse>()("wadjet/http/CurrentKey") {}

/** `Authorization: Bearer <key>` or `X-Api-Key: <key>`. Never in a URL: those end up in logs and histories. */
export class Authorization extends HttpApiMiddleware.Service<Authorization, { provides: CurrentKey }>()(
  "wadjet/http/Authorization",
  {
    error: [Unauthorized, Forbidden],
    security: {
      bearer: HttpApiSecurity.bearer,
      header: HttpApiSecurity.apiKey({ in: "header", key: "x-api-key" })
    }
  }
) {}

/** Answers a request that does not have its declared shape with the fields at fault. */
export class FieldErrors extends HttpApiMiddleware.Service<FieldErrors>()("wadjet/http/FieldErrors", {
  error: InvalidRequest
}) {}
