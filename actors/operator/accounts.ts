/** `wadjet accounts`: the people who may sign in to the page. Works whether the system runs or not. */
import { Effect, Option } from "effect"
import type { Role } from "../../contracts/account.ts"
import type { AccountRefused } from "../admin/accounts/refused.ts"
import { accountsOf, day } from "./accounts-database.ts"
import { OperatorFailed } from "./failure.ts"
import { Output } from "./output.ts"
import { printable } from "./words.ts"

/** Whoever may use the command line on the server's own files. */
const by = "operator"

interface Input {
  readonly json: boolean
}

interface Named extends Input {
  readonly name: string
}

/** Lists everybody. */
export const listAccounts = Effect.fn("listAccounts")(function* ({ json }: Input) {
  const output = yield* Output
  const { accounts } = yield* accountsOf
  const users = yield* accounts.people.listUsers
  if (json)
    return yield* Effect.forEach(users, ({ user, ...rest }) => output.json({ id: user, ...rest }), {
      discard: true
    })
  if (users.length === 0)
    return yield* output.line(
      "Nobody can sign in yet: `wadjet run` prints a link, and so does `wadjet accounts invite --role owner`."
    )
  for (const { closedAt, code, createdAt, name, role } of users)
    yield* output.line(
      `${printable(name).padEnd(20)}  ${role.padEnd(9)}  ${closedAt === null ? "open" : `closed ${day(closedAt)}`}, since ${day(createdAt)}${code ? ", with a code" : ""}`
    )
}, Effect.scoped)

const sayLink = Effect.fnUntraced(function* (
  pass: { readonly text: string; readonly expiresAt: number },
  page: string | undefined,
  json: boolean
) {
  const output = yield* Output
  const link = `${page ?? ""}/#pass=${pass.text}`
  if (json) return yield* output.json({ link, expiresAt: pass.expiresAt })
  yield* output.line(link)
  yield* output.note(
    page === undefined
      ? "Put the address of the page before it. It works once and for a day."
      : "It works once and for a day. Whoever has it gets in."
  )
})

/** Makes a link with which somebody new chooses a name and a password. */
export const inviteAccount = Effect.fn("inviteAccount")(function* ({
  json,
  role
}: Input & { readonly role: Role }) {
  const { accounts, page } = yield* accountsOf
  yield* sayLink(yield* accounts.people.invite(role, by), page, json)
}, Effect.scoped)

const found = Effect.fnUntraced(function* (name: string) {
  const opened = yield* accountsOf
  const user = yield* opened.accounts.people.findUser(name)
  if (user === undefined)
    return yield* new OperatorFailed({
      what: `There is nobody called ${printable(name)}`,
      why: "expected the name that somebody signs in with",
      next: "`wadjet accounts list` shows the names."
    })
  return { ...opened, user }
})

const asFailure = ({ reason }: AccountRefused) =>
  new OperatorFailed({
    what: "The account was not changed",
    why: reason === "last-owner" ? "it is the last owner's" : reason,
    next: "Make somebody else an owner first: `wadjet accounts invite --role owner`."
  })

/** Makes a link with which somebody chooses another password, and needs neither the old one nor a code. */
export const resetAccount = Effect.fn("resetAccount")(function* ({ json, name }: Named) {
  const { accounts, page, user } = yield* found(name)
  const pass = yield* accounts.people
    .reset(user.user, by)
    .pipe(Effect.catchTag("AccountRefused", (error) => asFailure(error)))
  yield* sayLink(pass, page, json)
}, Effect.scoped)

export interface ChangeInput extends Named {
  readonly role: Option.Option<Role>
  readonly close: boolean
  readonly reopen: boolean
}

/** Gives somebody another role, shuts them out, or lets them in again. */
export const changeAccount = Effect.fn("changeAccount")(function* (input: ChangeInput) {
  const { close, json, name, reopen } = input
  if (close && reopen)
    return yield* new OperatorFailed({
      what: "An account cannot be closed and opened at once",
      why: "expected --close or --reopen, found both",
      next: "Leave one of them out.",
      exit: "usage"
    })
  const output = yield* Output
  const { accounts, user } = yield* found(name)
  const wanted = {
    role: Option.getOrUndefined(input.role),
    closed: close ? true : reopen ? false : undefined
  }
  const changed = yield* accounts.people
    .changeUser(user.user, wanted, by)
    .pipe(Effect.catchTag("AccountRefused", (error) => asFailure(error)))
  if (json) return yield* output.json({ id: changed.user, role: changed.role, closedAt: changed.closedAt })
  yield* output.line(
    `${printable(changed.name)} is ${changed.role}${changed.closedAt === null ? "" : ", and may not sign in"}.`
  )
}, Effect.scoped)

/** Signs somebody out everywhere, at once. */
export const signOutAccount = Effect.fn("signOutAccount")(function* ({ json, name }: Named) {
  const output = yield* Output
  const { accounts, user } = yield* found(name)
  const ended = yield* accounts.people.endSignIns(user.user, by)
  if (json) return yield* output.json({ id: user.user, ended })
  yield* output.line(`${ended} of ${printable(user.name)}'s browsers signed out.`)
}, Effect.scoped)
