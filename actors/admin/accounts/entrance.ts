/** Getting in: signing in by name, password and code, and choosing a password by a one-time link. */
import { Effect } from "effect"
import type { AtRest } from "../../../infra/keyring/at-rest.ts"
import type { SignInId } from "../../../contracts/ids.ts"
import type { Sqlite } from "../../../infra/sqlite/open.ts"
import type { At } from "./at.ts"
import type { Attempts } from "./lock-out.ts"
import type { passesOn } from "./passes.ts"
import type { Passwords } from "./password.ts"
import { AccountRefused } from "./refused.ts"
import type { signInsOn } from "./sign-ins.ts"
import { stepOf } from "./totp.ts"
import { type Credentials, shownUser, type User, type Users } from "./users.ts"

export interface Tables {
  readonly db: Sqlite
  readonly users: Users
  readonly signIns: ReturnType<typeof signInsOn>
  readonly passes: ReturnType<typeof passesOn>
}

export interface Presented {
  readonly name: string
  readonly password: string
  readonly code?: string | undefined
}

/** A browser that is let in. `text` is what its cookie holds, and is kept nowhere else. */
export interface LetIn {
  readonly user: User
  readonly signIn: SignInId
  readonly text: string
}

/** The place that a secret of codes is sealed for, so that it opens nowhere else. */
export const totpPlace = (user: string): string => `totp ${user}`

const refused = (reason: AccountRefused["reason"]) => new AccountRefused({ reason })

/** Too many passwords at a time is all that can go wrong with one. */
export const unlessBusy = <A, R>(work: Effect.Effect<A, { readonly _tag: "PasswordsBusy" }, R>) =>
  Effect.mapError(work, () => refused("busy"))

export const entranceOf = (tables: Tables, passwords: Passwords, atRest: AtRest, at: At) => {
  const { db, passes, signIns, users } = tables

  /** The step of a code that is right and was not taken before; `undefined` where it is not. */
  const rightStep = ({ totp, totpStep, user }: Credentials, code: string, now: number) => {
    try {
      return stepOf(atRest.open(totpPlace(user), totp!), code, now, totpStep)
    } catch {
      // Sealed under another keyring: no code is right any more, and a reset helps.
      return undefined
    }
  }

  const letIn = (user: User, agent: string | undefined, now: number): LetIn => {
    users.clearAttempts(user.name)
    return { user: shownUser(user), ...signIns.add(user.user, agent, now) }
  }

  /** What is left to look at once the password is known to be right. */
  const admit = db.transaction(
    (found: Credentials, presented: Presented, counted: Attempts, agent: string | undefined, now: number) => {
      // Looked up again: a code is taken once, and whoever was shut out meanwhile is out.
      const user = users.find(found.user)
      if (user === undefined || user.closedAt !== null || user.password !== found.password) return "wrong"
      if (user.totp === null) return letIn(user, agent, now)
      if (presented.code === undefined || presented.code === "") {
        // Half of a proof: were codes guessed before, they stay guessed.
        users.takeBack(user.name, counted)
        return "code-needed"
      }
      const step = rightStep(user, presented.code, now)
      return step === undefined || !users.takeStep(user.user, step) ? "wrong" : letIn(user, agent, now)
    }
  )

  const countAttempt = db.transaction((name: string, now: number) => users.tryName(name, now))

  const signIn = Effect.fnUntraced(function* (presented: Presented, agent: string | undefined) {
    const { name, password } = presented
    const tried = yield* at("count an attempt", (now) => countAttempt.immediate(name, now))
    if (tried.waitUntil !== undefined)
      return yield* new AccountRefused({ reason: "wait", until: tried.waitUntil })
    const found = yield* at("find a name", () => users.findByName(name))
    const right = yield* unlessBusy(passwords.isOf(password, found?.password))
    const outcome =
      right && found !== undefined
        ? yield* at("sign in", (now) => admit.immediate(found, presented, tried.counted, agent, now))
        : "wrong"
    if (typeof outcome !== "string") return outcome
    if (outcome === "wrong") yield* at("tell of wrong attempts", (now) => users.tellLocked(name, now))
    return yield* refused(outcome === "wrong" ? "wrong" : "code-needed")
  })

  /** Whom a link is for, so that its page can say so. */
  const look = Effect.fnUntraced(function* (text: string) {
    const found = yield* at("find a one-time link", (now) => passes.find(text, now)?.wanted)
    if (found === undefined) return yield* refused("not-good")
    if (found.purpose !== "reset") return { purpose: found.purpose, role: found.role, name: null }
    const user = yield* at("find somebody", () => users.find(found.user))
    if (user === undefined) return yield* refused("not-good")
    return { purpose: found.purpose, role: user.role, name: user.name }
  })

  const spend = db.transaction(
    (text: string, name: string, password: string, agent: string | undefined, now: number) => {
      const found = passes.find(text, now)
      if (found === undefined) return "not-good"
      const { pass, wanted } = found
      if (wanted.purpose === "reset") {
        const user = users.find(wanted.user)
        if (user === undefined || !passes.spend(pass)) return "not-good"
        const by = `${user.role}:${user.user}`
        users.setPassword(user.user, password, by, now)
        users.dropTotp(user.user, by, now)
        signIns.endAll(user.user, by, now)
        return letIn(user, agent, now)
      }
      const added = users.add(name, wanted.role, password, undefined, now)
      if (added === undefined) return "name-taken"
      passes.spend(pass)
      // Somebody is set up: no other link to become the first owner may lie about.
      if (wanted.purpose === "set-up") passes.spendSetUps()
      return letIn(added, agent, now)
    }
  )

  /** Chooses a password by a one-time link, which is spent by that, and signs in. */
  const usePass = Effect.fnUntraced(function* (
    text: string,
    wanted: { readonly name: string; readonly password: string },
    agent: string | undefined
  ) {
    // First, so that nobody has passwords computed without a link.
    yield* look(text)
    const password = yield* unlessBusy(passwords.hash(wanted.password))
    const outcome = yield* at("use a one-time link", (now) =>
      spend.immediate(text, wanted.name, password, agent, now)
    )
    return typeof outcome === "string"
      ? yield* refused(outcome === "name-taken" ? outcome : "not-good")
      : outcome
  })

  return { signIn, look, usePass }
}
