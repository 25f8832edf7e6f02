/** Signing in, and choosing a password by a one-time link. */
import { Clock, Effect } from "effect"
import * as HttpEffect from "effect/http/HttpEffect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { api } from "../../../contracts/http/api.ts"
import {
  CodeNeeded,
  CrossSite,
  Impossible,
  InvalidRequest,
  NotFound,
  NotLetIn
} from "../../../contracts/http/problems.ts"
import type { LetIn } from "../accounts/entrance.ts"
import type { AccountRefused } from "../accounts/refused.ts"
import { signedInHoursMax } from "../accounts/sign-ins.ts"
import type { Accounts, AccountsUnavailable } from "../accounts.ts"
import { cookieName, orInternal } from "../authorize.ts"
import { isFromElsewhere, pageTokenOf } from "../page-requests.ts"
import { tooMany } from "../retry-after.ts"

/** Passwords take some 50 ms each: a few seconds later there is room again. */
const busySeconds = 3

/** Sets the cookie of a browser, or takes it away where there is no text. */
export const setCookie = (overTls: boolean, text: string | undefined) =>
  HttpEffect.appendPreResponseHandler((_request, response) =>
    Effect.orDie(
      HttpServerResponse.setCookie(response, cookieName(overTls), text ?? "", {
        httpOnly: true,
        sameSite: "strict",
        path: "/",
        secure: overTls,
        maxAge: text === undefined ? "0 seconds" : `${signedInHoursMax} hours`
      })
    )
  )

/** Until when somebody has to wait, as a problem. */
export const waiting = Effect.fnUntraced(function* (until: number | undefined) {
  const now = yield* Clock.currentTimeMillis
  const seconds = until === undefined ? busySeconds : Math.max(1, Math.ceil((until - now) / 1_000))
  return yield* tooMany(
    seconds,
    until === undefined
      ? "Many are signing in at the moment."
      : `Too many attempts were wrong. The next one may be made in ${seconds} s.`
  )
})

const sameOrigin = Effect.gen(function* () {
  const { headers, method } = yield* HttpServerRequest
  if (isFromElsewhere(headers, method))
    return yield* new CrossSite({ detail: "Expected a request of this server's own page." })
})

const agent = Effect.map(HttpServerRequest, ({ headers }) => headers["user-agent"])

/** Failures of the accounts' own are left to the server; refusals are answered. */
const refusal = <A, R>(work: Effect.Effect<A, AccountRefused | AccountsUnavailable, R>) =>
  Effect.catchTag(work, "AccountsUnavailable", (error) => orInternal(Effect.fail(error)))

export const entrance = (accounts: Accounts, overTls: boolean) => {
  /** A browser that was signed in before gets another secret: what somebody may have planted is worth nothing. */
  const letIn = Effect.fnUntraced(function* ({ signIn, text, user }: LetIn) {
    const { cookies } = yield* HttpServerRequest
    const before = yield* orInternal(accounts.findSignIn(cookies[cookieName(overTls)] ?? ""))
    if (before !== undefined)
      yield* orInternal(accounts.people.endSignIn(before.user, before.signIn, `${user.role}:${user.user}`))
    yield* setCookie(overTls, text)
    return { as: "user" as const, ...user, signIn, pageToken: pageTokenOf(text) }
  })

  return HttpApiBuilder.group(api, "entrance", (handlers) =>
    handlers.handleAll({
      signIn: Effect.fnUntraced(function* ({ payload }) {
        yield* sameOrigin
        const entered = accounts.entrance.signIn(payload, yield* agent)
        return yield* refusal(entered).pipe(
          Effect.flatMap(letIn),
          Effect.catchTag(
            "AccountRefused",
            Effect.fnUntraced(function* ({ reason, until }: AccountRefused) {
              if (reason === "code-needed") return yield* new CodeNeeded({})
              if (reason === "wait" || reason === "busy") return yield* waiting(until)
              return yield* new NotLetIn({})
            })
          )
        )
      }),
      lookAtPass: Effect.fnUntraced(function* ({ payload }) {
        yield* sameOrigin
        return yield* refusal(accounts.entrance.look(payload.pass)).pipe(
          Effect.catchTag("AccountRefused", () => notGood)
        )
      }),
      usePass: Effect.fnUntraced(function* ({ payload: { name, pass, password } }) {
        yield* sameOrigin
        const { name: known } = yield* refusal(accounts.entrance.look(pass)).pipe(
          Effect.catchTag("AccountRefused", () => notGood)
        )
        const wanted = known ?? name
        if (wanted === undefined)
          return yield* new InvalidRequest({
            field: "payload.name",
            detail: "Expected a name to sign in with."
          })
        return yield* refusal(accounts.entrance.usePass(pass, { name: wanted, password }, yield* agent)).pipe(
          Effect.flatMap(letIn),
          Effect.catchTag(
            "AccountRefused",
            Effect.fnUntraced(function* ({ reason, until }: AccountRefused) {
              if (reason === "busy") return yield* waiting(until)
              if (reason !== "name-taken") return yield* notGood
              return yield* new Impossible({
                reason,
                detail: "Somebody else has this name. Choose another one."
              })
            })
          )
        )
      })
    })
  )
}

const notGood = Effect.fail(
  new NotFound({
    detail: "This link was used before, or is too old. `wadjet accounts` makes another one."
  })
)
