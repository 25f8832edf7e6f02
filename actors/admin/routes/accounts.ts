/** The accounts of everybody, and the keys of programs. */
import { Clock, Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { CurrentKey, type Scope } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { Impossible, InvalidRequest, NotFound } from "../../../contracts/http/problems.ts"
import type { AccountRefused } from "../accounts/refused.ts"
import type { Accounts, AccountsUnavailable } from "../accounts.ts"
import { byOf, orInternal } from "../authorize.ts"
import { namedRequest, orAnother } from "../named-request.ts"

const by = Effect.map(CurrentKey, byOf)

const nobody = new NotFound({ detail: "There is nobody of this id." })

const orNobody = <A, R>(work: Effect.Effect<A, AccountRefused | AccountsUnavailable, R>) =>
  work.pipe(
    Effect.catchTag("AccountsUnavailable", (error) => orInternal(Effect.fail(error))),
    Effect.mapError(({ reason }) =>
      reason === "last-owner"
        ? new Impossible({ reason, detail: "This is the last owner. Make somebody else one first." })
        : nobody
    )
  )

/** A link to choose a password with: what is behind the `#`, browsers send to nobody. */
export const passLink = (url: string, text: string): string => `${url}/#pass=${text}`

export const accounts = (all: Accounts, publicUrl: () => string) => {
  const { people } = all
  return HttpApiBuilder.group(api, "accounts", (handlers) =>
    handlers.handleAll({
      list: () => Effect.map(orInternal(people.listUsers), (items) => ({ items })),
      change: Effect.fnUntraced(function* ({ params: { user }, payload }) {
        return yield* orNobody(people.changeUser(user, payload, yield* by))
      }),
      reset: Effect.fnUntraced(function* ({ params: { user } }) {
        const reset = Effect.catchTag(orNobody(people.reset(user, yield* by)), "Impossible", Effect.die)
        const { expiresAt, text } = yield* reset
        return { link: passLink(publicUrl(), text), expiresAt }
      }),
      signOutAll: Effect.fnUntraced(function* ({ params: { user } }) {
        const known = yield* orInternal(people.listUsers)
        if (!known.some((one) => one.user === user)) return yield* nobody
        return { ended: yield* orInternal(people.endSignIns(user, yield* by)) }
      }),
      invite: Effect.fnUntraced(function* ({ headers, payload }) {
        const named = yield* namedRequest(all, "accounts.invite", headers, payload)
        const { expiresAt, text } = yield* orAnother(people.inviteOnce(named, payload.role, yield* by))
        return { link: passLink(publicUrl(), text), expiresAt }
      })
    })
  )
}

/** Groups by their names: a scope of none would be a key for nothing. */
export const unknownScope = (scopes: ReadonlyArray<Scope> | undefined): Scope | undefined =>
  scopes?.find((scope) => !Object.hasOwn(api.groups, scope.replace(/:read$/u, "")))

export const keys = (accounts: Accounts) =>
  HttpApiBuilder.group(api, "keys", (handlers) =>
    handlers.handleAll({
      list: () => Effect.map(orInternal(accounts.listKeys), (items) => ({ items })),
      create: Effect.fnUntraced(function* ({ headers, payload }) {
        const named = yield* namedRequest(accounts, "keys.create", headers, payload)
        const unknown = unknownScope(payload.scopes)
        if (unknown !== undefined)
          return yield* new InvalidRequest({
            field: "payload.scopes",
            detail: `Expected parts of the API (${Object.keys(api.groups).join(", ")}), found ${unknown}.`
          })
        if (payload.expiresAt !== undefined && payload.expiresAt <= (yield* Clock.currentTimeMillis))
          return yield* new InvalidRequest({
            field: "payload.expiresAt",
            detail: "Expected a time to come, found one that has passed."
          })
        const { key, text } = yield* orAnother(accounts.createKeyOnce(named, payload, yield* by))
        return { ...key, text }
      }),
      revoke: Effect.fnUntraced(function* ({ params: { key } }) {
        if (!(yield* orInternal(accounts.revokeKey(key, yield* by))))
          return yield* new NotFound({ detail: `There is no key in force with the id ${key}.` })
        return { revoked: true }
      })
    })
  )
