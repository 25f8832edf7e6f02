/**
 * `accounts.db`: API keys, people, browsers and one-time links; hashes only, never in the log. The page's server and
 * the command line use it at the same time, from different processes; what one of them writes, the other sees at once.
 */
import { dirname, join } from "node:path"
import { Effect, Latch } from "effect"
import type { KeyInUse } from "../../contracts/http/access.ts"
import { webhooksMax } from "../../contracts/http/webhooks.ts"
import type { KeyId } from "../../contracts/ids.ts"
import { openAtRest } from "../../infra/keyring/at-rest.ts"
import { migrate } from "../../infra/sqlite/migrate.ts"
import { openSqlite, type Sqlite } from "../../infra/sqlite/open.ts"
import { type Answered, answersOn, type NamedRequest } from "./accounts/answers.ts"
import { AccountsUnavailable, attempt, at as plainAt, type At, type AtOnce } from "./accounts/at.ts"
import { migrations } from "./accounts/database.ts"
import { deedsOn } from "./accounts/deeds.ts"
import { entranceOf } from "./accounts/entrance.ts"
import { keysOn, type NewKey } from "./accounts/keys.ts"
import { ownAccountOf, peopleOf } from "./accounts/own-account.ts"
import { passesOn } from "./accounts/passes.ts"
import { makePasswords, type Passwords } from "./accounts/password.ts"
import { AccountRefused } from "./accounts/refused.ts"
import { signInsOn } from "./accounts/sign-ins.ts"
import { usersOn } from "./accounts/users.ts"
import { manageWebhooks } from "./accounts/manage-webhooks.ts"
import { webhooksOn } from "./accounts/webhooks.ts"
import type { AtRest } from "../../infra/keyring/at-rest.ts"

export { AccountsUnavailable }
export type { Key, NewKey } from "./accounts/keys.ts"

/** By whom it is done where nobody else is named: whoever may use the command line on the server's own files. */
const operator = "operator"

const make = (db: Sqlite, passwords: Passwords, atRest: AtRest) => {
  const deeds = deedsOn(db)
  const keys = keysOn(db, deeds)
  const tables = {
    db,
    users: usersOn(db, deeds),
    signIns: signInsOn(db, deeds),
    passes: passesOn(db, deeds)
  }
  /** Opened by whatever was written here: there may be something to tell. */
  const written = Latch.makeUnsafe()
  const at: At = (operation, run) =>
    Effect.tap(plainAt(operation, run), () => Effect.sync(() => written.openUnsafe()))
  const answers = answersOn(db, atRest)
  const unlessAnother = <A>(done: Answered<A>) =>
    done === "another-request"
      ? Effect.fail(new AccountRefused({ reason: done }))
      : Effect.succeed(done.answer)
  const once: AtOnce = (named, operation, run) =>
    Effect.flatMap(
      at(operation, (now) => answers.once(named, now, () => run(now))),
      unlessAnother
    )

  return {
    /** Makes a key. Its text is answered once, here, and cannot be found again. */
    createKey: (wanted: NewKey, by: string = operator) =>
      at("make a key", (now) => keys.add.immediate(wanted, by, now)),
    /** The same, once for a request that has a name. */
    createKeyOnce: (named: NamedRequest | undefined, wanted: NewKey, by: string) =>
      once(named, "make a key", (now) => keys.add(wanted, by, now)),
    /** Makes the first key, an owner's; `undefined` where there is a key already. */
    createFirstKey: at("make the first key", (now) => keys.addFirst.immediate(now)),
    /** All keys, the oldest first, those revoked too. */
    listKeys: plainAt("list keys", () => keys.list()),
    /** From here on it is not accepted, by any process. `false` where no such key was in force. */
    revokeKey: (key: KeyId, by: string = operator) =>
      at("revoke a key", (now) => keys.revoke.immediate(key, by, now)),
    /** The key that a text is, if it is in force now. */
    authenticate: (text: string) => plainAt("find a key", (now) => keys.find(text, now)),
    /** Whose browser a cookie is of, if it is still signed in. */
    findSignIn: (text: string) => plainAt("find a browser", (now) => tables.signIns.find(text, now)),
    /** Whether a request of a key, or of a browser, that was accepted before would be as good now: with the same role. */
    isInForce: ({ key, role, signIn }: KeyInUse) =>
      plainAt("find a key", (now) => {
        const found = signIn === undefined ? keys.roleOf(key, now) : tables.signIns.roleOf(signIn, now)
        return found === role
      }),
    entrance: entranceOf(tables, passwords, atRest, at),
    own: ownAccountOf(tables, passwords, atRest, at),
    people: peopleOf(tables, at, once),
    webhooks: manageWebhooks(webhooksOn(db, deeds, atRest, webhooksMax), at, once, plainAt),
    /** What named requests were answered that are carried out elsewhere. */
    answers: {
      nameOf: answers.nameOf,
      find: <A>(named: NamedRequest) =>
        Effect.flatMap(
          plainAt("find an answer", (now) => answers.find<A>(named, now)),
          (found) =>
            found === undefined
              ? Effect.undefined
              : Effect.map(unlessAnother(found), (answer) => ({ answer }))
        ),
      keep: (named: NamedRequest, answer: unknown) =>
        plainAt("keep an answer", (now) => answers.keep.immediate(named, answer, now))
    },
    deeds: {
      untold: (generation: string) =>
        attempt("list deeds", () => ({
          untold: deeds.untold(generation),
          toldUpTo: deeds.toldUpTo(generation)
        })),
      told: (id: string, generation: string, sequence: number) =>
        attempt("note a deed", () => deeds.told(id, generation, sequence)),
      /** Something may have been written here since it was last asked. */
      written: Effect.tap(written.await, () => Effect.sync(() => written.closeUnsafe()))
    }
  }
}

export type Accounts = ReturnType<typeof make>

/** The name of the file in the data folder. */
export const accountsFile = "accounts.db"

/**
 * Opens the accounts at a path, until the scope closes. It may be open in other processes at the same time. The
 * keyring that lies beside it seals what has to be read again.
 *
 * @example
 * const accounts = yield* openAccounts(join(dataFolder, accountsFile))
 * const { text } = yield* accounts.createKey({ role: "viewer", label: "dashboard" })
 */
export const openAccounts = Effect.fn("openAccounts")(function* (path: string) {
  const db = yield* openSqlite(path, "secrets")
  const keys = path === ":memory:" ? path : join(dirname(path), "keyring.db")
  const atRest = yield* openAtRest(keys, "accounts").pipe(
    Effect.mapError(({ message }) => new AccountsUnavailable({ operation: "be opened", message }))
  )
  const passwords = yield* makePasswords
  return yield* plainAt("be prepared", (now) => {
    migrate(db, migrations, now)
    return make(db, passwords, atRest)
  })
})
