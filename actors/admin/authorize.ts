/** Whose request it is, and whether they may: before anything of it is decoded. */
import { Clock, type Context, Effect, Layer } from "effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import {
  Authorization,
  CurrentKey,
  isAtLeast,
  isInScope,
  type KeyInUse,
  signInCookie,
  signInCookieOverTls,
  wordsRole
} from "../../contracts/http/access.ts"
import { neededRole } from "../../contracts/http/open-api.ts"
import { CrossSite, Forbidden, Internal, OutOfScope, Unauthorized } from "../../contracts/http/problems.ts"
import type { Accounts, AccountsUnavailable } from "./accounts.ts"
import type { KeyRates } from "./key-rates.ts"
import { isOfPage, isReading } from "./page-requests.ts"
import { tooMany } from "./retry-after.ts"

/** Who asks, as facts have it. */
export const byOf = ({ key, role }: KeyInUse): string => `${role}:${key}`

/** Whether names, words and URLs may be shown to whoever asks. */
export const mayReadWords = Effect.map(CurrentKey, ({ role }) => isAtLeast(role, wordsRole))

/** The name of the cookie. Over TLS browsers keep one of this prefix from being set by anybody else. */
export const cookieName = (overTls: boolean): string => (overTls ? signInCookieOverTls : signInCookie)

/** A key by itself is one, too: clients of the older scanner give it like that. */
const bearerPattern = /^(?:bearer +)?(\S+)$/i

const keyTextOf = (headers: Readonly<Record<string, string | undefined>>): string | undefined =>
  bearerPattern.exec(headers["authorization"] ?? "")?.[1] ?? headers["x-api-key"]

/** What went wrong is in the log of the server, and not in the answer. */
export const orInternal = <A, E extends { readonly message: string }, R>(
  work: Effect.Effect<A, E | AccountsUnavailable, R>
) =>
  work.pipe(
    Effect.tapError((error) => Effect.logError("accounts did not answer", { error: error.message })),
    Effect.catch(() => Effect.die(new Internal({})))
  )

export interface Asked {
  readonly endpoint: HttpApiEndpoint.Top
  readonly group: HttpApiGroup.Top
}

/** The key that a text is, once it may make one more request and this is among what it is for. */
const byKey = Effect.fnUntraced(function* (accounts: Accounts, rates: KeyRates, text: string, asked: Asked) {
  const found = yield* orInternal(accounts.authenticate(text))
  if (found === undefined)
    return yield* new Unauthorized({
      detail: "This key is not accepted: it is unknown, has expired or was revoked."
    })
  const { key, perMinute, role, scopes } = found
  const group = asked.group.identifier
  const reads = isReading(asked.endpoint.method)
  if (!isInScope(scopes, group, reads))
    return yield* new OutOfScope({
      needs: reads ? `${group}:read` : group,
      detail: `This key is for ${scopes?.join(", ")}; this needs ${reads ? `${group}:read` : group}.`
    })
  if (perMinute !== null) {
    const seconds = rates.take(key, perMinute, yield* Clock.currentTimeMillis)
    if (seconds !== undefined)
      return yield* tooMany(seconds, `This key may make ${perMinute} requests a minute.`)
  }
  return { key, role } satisfies KeyInUse
})

const byCookie = Effect.fnUntraced(function* (accounts: Accounts, cookie: string) {
  const { headers, method } = yield* HttpServerRequest
  const found = yield* orInternal(accounts.findSignIn(cookie))
  if (found === undefined)
    return yield* new Unauthorized({ detail: "You are not signed in any more: sign in again." })
  if (!isOfPage(headers, method, cookie))
    return yield* new CrossSite({
      detail: "Expected a request of this server's own page, with its token; programs use a key."
    })
  return { key: found.user, role: found.role, signIn: found.signIn } satisfies KeyInUse
})

/** A key goes before a cookie: whoever gives one means it. In which header it came makes no difference. */
export const authorize = Effect.fnUntraced(function* (
  accounts: Accounts,
  rates: KeyRates,
  overTls: boolean,
  asked: Asked
) {
  const { cookies, headers } = yield* HttpServerRequest
  const text = keyTextOf(headers)
  const cookie = cookies[cookieName(overTls)]
  if (text === undefined && cookie === undefined)
    return yield* new Unauthorized({
      detail: "Give a key as `Authorization: Bearer …` or `X-Api-Key: …`, or sign in."
    })
  const inUse =
    text === undefined ? yield* byCookie(accounts, cookie ?? "") : yield* byKey(accounts, rates, text, asked)
  const needs = neededRole(asked.endpoint)
  if (!isAtLeast(inUse.role, needs))
    return yield* new Forbidden({
      needs,
      has: inUse.role,
      detail: `This needs the role ${needs}; yours is ${inUse.role}.`
    })
  return inUse
})

/** The check in front of every endpoint but the probes and the entrance. */
export const authorization = (accounts: Accounts, overTls: boolean, rates: KeyRates) =>
  Layer.sync(Authorization, () => {
    const guard: Context.Service.Shape<typeof Authorization>["bearer"] = (answer, asked) =>
      Effect.flatMap(authorize(accounts, rates, overTls, asked), (key) =>
        Effect.provideService(answer, CurrentKey, key)
      )
    // Every scheme is read by the same function, whose answer is the same for each.
    return Authorization.of({ bearer: guard, header: guard, cookie: guard })
  })
