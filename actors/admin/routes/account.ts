/** The own account. */
import { Effect } from "effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { encodeQR } from "qr"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { Impossible, NotFound, NotSignedIn } from "../../../contracts/http/problems.ts"
import { KeyId, UserId } from "../../../contracts/ids.ts"
import type { AccountRefused } from "../accounts/refused.ts"
import type { Accounts, AccountsUnavailable } from "../accounts.ts"
import { byOf, cookieName, orInternal } from "../authorize.ts"
import { pageTokenOf } from "../page-requests.ts"
import { setCookie, waiting } from "./entrance.ts"

/** Somebody who is signed in; a key has no account. */
const self = Effect.gen(function* () {
  const inUse = yield* CurrentKey
  if (inUse.signIn === undefined)
    return yield* new NotSignedIn({ detail: "This is about your own account: sign in, a key has none." })
  return { user: UserId.make(inUse.key), signIn: inUse.signIn, by: byOf(inUse) }
})

const notRight = (reason: string) =>
  new Impossible({ reason, detail: "The password or the code is not right." })

/** A password or a code that is wrong here is no reason to be signed out: 409, and not 401. */
const answered = <A, R>(work: Effect.Effect<A, AccountRefused | AccountsUnavailable, R>) =>
  work.pipe(
    Effect.catchTag("AccountsUnavailable", (error) => orInternal(Effect.fail(error))),
    Effect.catchTag(
      "AccountRefused",
      Effect.fnUntraced(function* ({ reason, until }: AccountRefused) {
        if (reason === "wait" || reason === "busy") return yield* waiting(until)
        return yield* notRight(reason)
      })
    )
  )

const done = { done: true }

export const account = (accounts: Accounts, overTls: boolean) => {
  const { own, people } = accounts
  return HttpApiBuilder.group(api, "account", (handlers) =>
    handlers.handleAll({
      who: Effect.fnUntraced(function* () {
        const { key, role, signIn } = yield* CurrentKey
        if (signIn === undefined) return { as: "key" as const, key: KeyId.make(key), role }
        const { cookies } = yield* HttpServerRequest
        const user = yield* orInternal(own.who(UserId.make(key)))
        const pageToken = pageTokenOf(cookies[cookieName(overTls)] ?? "")
        return { as: "user" as const, ...user, signIn, pageToken }
      }),
      signOut: Effect.fnUntraced(function* () {
        const { by, signIn, user } = yield* self
        yield* orInternal(people.endSignIn(user, signIn, by))
        yield* setCookie(overTls, undefined)
        return done
      }),
      password: Effect.fnUntraced(function* ({ payload: { present, wanted } }) {
        yield* answered(own.changePassword(yield* self, present, wanted))
        return done
      }),
      beginCodes: Effect.fnUntraced(function* ({ payload: { password } }) {
        const begun = yield* answered(own.beginCodes(yield* self, password))
        return { ...begun, svg: encodeQR(begun.uri, "svg", { ecc: "low", border: 2 }) }
      }),
      confirmCodes: Effect.fnUntraced(function* ({ payload: { code } }) {
        yield* own.confirmCodes(yield* self, code).pipe(
          Effect.catchTag("AccountsUnavailable", (error) => orInternal(Effect.fail(error))),
          Effect.mapError(({ reason }) => notRight(reason))
        )
        return done
      }),
      endCodes: Effect.fnUntraced(function* ({ payload: { password } }) {
        yield* answered(own.endCodes(yield* self, password))
        return done
      }),
      signIns: Effect.fnUntraced(function* () {
        const { signIn, user } = yield* self
        const items = yield* orInternal(people.listSignIns(user))
        return { items: items.map((item) => ({ ...item, own: item.signIn === signIn })) }
      }),
      endSignIn: Effect.fnUntraced(function* ({ params }) {
        const { by, user } = yield* self
        const ended = yield* orInternal(people.endSignIn(user, params.signIn, by))
        return ended ? done : yield* new NotFound({ detail: "There is no such browser of yours." })
      })
    })
  )
}
