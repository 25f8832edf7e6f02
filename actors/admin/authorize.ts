/** Whose request it is, and whether they may: before anything of it is decoded. */
import { Context, Effect, Layer, Option } from "effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import {
  Authorization,
  CurrentKey,
  isAtLeast,
  type KeyInUse,
  NeedsRole,
  wordsRole
} from "../../contracts/http/access.ts"
import { Forbidden, Internal, Unauthorized } from "../../contracts/http/problems.ts"
import type { Role } from "../../contracts/account.ts"
import type { Accounts } from "./accounts.ts"

/** The role that an endpoint declares. Forgetting to declare one closes it to all but the owner. */
export const neededRole = (endpoint: Pick<HttpApiEndpoint.Top, "annotations">): Role =>
  Option.getOrElse(Context.getOption(endpoint.annotations, NeedsRole), () => "owner" as const)

/** Who asks, as facts have it. */
export const byOf = ({ key, role }: KeyInUse): string => `${role}:${key}`

/** Whether names, words and URLs may be shown to the key of this request. */
export const mayReadWords = Effect.map(CurrentKey, ({ role }) => isAtLeast(role, wordsRole))

const bearerPattern = /^bearer +(\S+)$/i

const keyTextOf = (headers: Readonly<Record<string, string | undefined>>): string | undefined =>
  bearerPattern.exec(headers["authorization"] ?? "")?.[1] ?? headers["x-api-key"]

/** Both schemes are read in one place: which header a key came in makes no difference to what it may do. */
const check = Effect.fnUntraced(function* (accounts: Accounts, endpoint: HttpApiEndpoint.Top) {
  const { headers } = yield* HttpServerRequest
  const text = keyTextOf(headers)
  if (text === undefined)
    return yield* new Unauthorized({ detail: "Give a key as `Authorization: Bearer …` or `X-Api-Key: …`." })
  const key = yield* accounts.authenticate(text).pipe(
    Effect.tapError((error) => Effect.logError("a key could not be looked up", { error: error.message })),
    Effect.catch(() => Effect.die(new Internal({})))
  )
  if (key === undefined)
    return yield* new Unauthorized({
      detail: "This key is not accepted: it is unknown, has expired or was revoked."
    })
  const needs = neededRole(endpoint)
  if (!isAtLeast(key.role, needs))
    return yield* new Forbidden({
      needs,
      has: key.role,
      detail: `This needs a key of the role ${needs}; this one is a ${key.role}'s.`
    })
  return { key: key.key, role: key.role } satisfies KeyInUse
})

/** The check in front of every endpoint but the probes. */
export const authorization = (accounts: Accounts) =>
  Layer.sync(Authorization, () => {
    const guard: Context.Service.Shape<typeof Authorization>["bearer"] = (answer, { endpoint }) =>
      Effect.flatMap(check(accounts, endpoint), (key) => Effect.provideService(answer, CurrentKey, key))
    return Authorization.of({ bearer: guard, header: guard })
  })
