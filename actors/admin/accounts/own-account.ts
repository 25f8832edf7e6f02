/** What somebody who is signed in changes about themselves, and an owner about others. */
import { Effect } from "effect"
import type { Role } from "../../../contracts/account.ts"
import type { SignInId, UserId } from "../../../contracts/ids.ts"
import type { AtRest } from "../../../infra/keyring/at-rest.ts"
import type { NamedRequest } from "./answers.ts"
import type { At, AtOnce } from "./at.ts"
import { type Tables, totpPlace, unlessBusy } from "./entrance.ts"
import type { Passwords } from "./password.ts"
import { AccountRefused } from "./refused.ts"
import { base32, makeTotpSecret, stepOf, totpUri } from "./totp.ts"
import { type User, shownUser } from "./users.ts"

export interface Self {
  readonly user: UserId
  readonly signIn: SignInId
  readonly by: string
}

const refused = (reason: AccountRefused["reason"]) => new AccountRefused({ reason })

export const ownAccountOf = (tables: Tables, passwords: Passwords, atRest: AtRest, at: At) => {
  const { db, signIns, users } = tables
  const countAttempt = db.transaction((name: string, now: number) => users.tryName(name, now))

  const find = Effect.fnUntraced(function* (user: UserId) {
    const found = yield* at("find somebody", () => users.find(user))
    return found ?? (yield* refused("not-found"))
  })

  /** Whoever has only found a browser open does not know the password; guesses count as at the door. */
  const proven = Effect.fnUntraced(function* (user: UserId, password: string) {
    const found = yield* find(user)
    const { waitUntil } = yield* at("count an attempt", (now) => countAttempt.immediate(found.name, now))
    if (waitUntil !== undefined) return yield* new AccountRefused({ reason: "wait", until: waitUntil })
    if (!(yield* unlessBusy(passwords.isOf(password, found.password)))) return yield* refused("wrong")
    yield* at("note a right password", () => users.clearAttempts(found.name))
    return found
  })

  const replacePassword = db.transaction(({ by, signIn, user }: Self, password: string, now: number) => {
    users.setPassword(user, password, by, now)
    signIns.endAll(user, by, now, signIn)
  })

  const confirm = db.transaction((user: UserId, code: string, by: string, now: number) => {
    const wanted = users.find(user)?.totpWanted ?? undefined
    if (wanted === undefined) return false
    const step = stepOf(atRest.open(totpPlace(user), wanted), code, now, 0)
    if (step !== undefined) users.confirmTotp(user, step, by, now)
    return step !== undefined
  })

  return {
    /** Somebody, as they may be shown. */
    who: (user: UserId) => Effect.map(find(user), shownUser),
    /** Another password; all other browsers are signed out. */
    changePassword: Effect.fnUntraced(function* (self: Self, present: string, wanted: string) {
      yield* proven(self.user, present)
      const stored = yield* unlessBusy(passwords.hash(wanted))
      yield* at("set a password", (now) => replacePassword.immediate(self, stored, now))
    }),
    /** The secret for an authenticator app, which holds once a code of it was given. */
    beginCodes: Effect.fnUntraced(function* (self: Self, password: string) {
      const { name, user } = yield* proven(self.user, password)
      const secret = makeTotpSecret()
      const sealed = atRest.seal(totpPlace(user), secret)
      yield* at("keep a secret of codes", () => users.wantTotp(user, sealed))
      return { secret: base32(secret), uri: totpUri(name, secret) }
    }),
    confirmCodes: Effect.fnUntraced(function* ({ by, user }: Self, code: string) {
      const right = yield* at("take a code", (now) => confirm.immediate(user, code, by, now))
      if (!right) return yield* refused("wrong")
    }),
    endCodes: Effect.fnUntraced(function* ({ by, user }: Self, password: string) {
      yield* proven(user, password)
      yield* at("ask for codes no more", (now) => users.dropTotp(user, by, now))
    })
  }
}

/** The people that there are, as an owner or the operator manages them. */
export const peopleOf = ({ db, passes, signIns, users }: Tables, at: At, once: AtOnce) => {
  const change = db.transaction(
    (
      user: UserId,
      wanted: { role?: Role | undefined; closed?: boolean | undefined },
      by: string,
      now: number
    ) => {
      const found = users.find(user)
      if (found === undefined) return "not-found"
      const role = wanted.role ?? found.role
      const closed = wanted.closed ?? found.closedAt !== null
      const isOwner = found.role === "owner" && found.closedAt === null
      if (isOwner && (closed || role !== "owner") && users.owners() === 1) return "last-owner"
      users.change(user, role, closed, by, now)
      if (closed) signIns.endAll(user, by, now)
      return shownUser(users.find(user)!)
    }
  )
  const reset = db.transaction((user: UserId, by: string, now: number) => {
    const found = users.find(user)
    if (found === undefined) return undefined
    users.clearAttempts(found.name)
    return passes.add({ purpose: "reset", user }, by, now)
  })
  return {
    /** Everybody, the longest there first. */
    listUsers: at("list people", () => users.list()),
    findUser: (name: string) =>
      at("find a name", (): User | undefined => {
        const found = users.findByName(name)
        return found === undefined ? undefined : shownUser(found)
      }),
    /** Another role, or shut out, or in again. The last owner stays one. */
    changeUser: Effect.fnUntraced(function* (
      user: UserId,
      wanted: { readonly role?: Role | undefined; readonly closed?: boolean | undefined },
      by: string
    ) {
      const outcome = yield* at("change an account", (now) => change.immediate(user, wanted, by, now))
      return typeof outcome === "string"
        ? yield* refused(outcome === "last-owner" ? outcome : "not-found")
        : outcome
    }),
    /** A link with which somebody new chooses a name and a password. */
    invite: (role: Role, by: string) =>
      at("make a one-time link", (now) =>
        db.transaction(() => passes.add({ purpose: "invitation", role }, by, now)).immediate()
      ),
    /** The same, once for a request that has a name. */
    inviteOnce: (named: NamedRequest | undefined, role: Role, by: string) =>
      once(named, "make a one-time link", (now) => passes.add({ purpose: "invitation", role }, by, now)),
    /** A link with which somebody chooses another password, without the old one and without a code. */
    reset: Effect.fnUntraced(function* (user: UserId, by: string) {
      const pass = yield* at("make a one-time link", (now) => reset.immediate(user, by, now))
      return pass ?? (yield* refused("not-found"))
    }),
    /** A link for the first owner, where nobody can sign in yet; `undefined` where somebody can. */
    setUp: at("make a set-up link", (now) =>
      db
        .transaction(() =>
          users.owners() > 0 ? undefined : passes.add({ purpose: "set-up", role: "owner" }, "operator", now)
        )
        .immediate()
    ),
    listSignIns: (user: UserId) => at("list browsers", (now) => signIns.list(user, now)),
    endSignIn: (user: UserId, signIn: SignInId, by: string) =>
      at("sign a browser out", (now) => db.transaction(() => signIns.end(user, signIn, by, now)).immediate()),
    endSignIns: (user: UserId, by: string) =>
      at("sign browsers out", (now) => db.transaction(() => signIns.endAll(user, by, now)).immediate())
  }
}
