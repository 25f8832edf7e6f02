/**
 * API keys in `accounts.db`: hashes only, never in the log. The page's server and the command line use it at
 * the same time, from different processes; what one of them writes, the other sees at once.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import { Clock, Effect, Schema } from "effect"
import type { Role } from "../../contracts/account.ts"
import { KeyId } from "../../contracts/ids.ts"
import { openSqlite, type Sqlite } from "../../infra/sqlite/open.ts"
import { uuid7 } from "./uuid7.ts"

const schema = `
  create table if not exists key (
    id text primary key,
    hash blob not null, -- SHA-256 of the secret; 256 random bits need no slow hash
    role text not null,
    label text,
    created integer not null, -- milliseconds since the epoch, like the rest
    expires integer,
    revoked integer,
    last_used integer
  ) strict;
`

const secretBytes = 32
/** When a key was last used is written this seldom: each write is an fsync. */
const lastUsedEveryMillis = 60_000

/** The file of accounts could not be read or written. */
export class AccountsUnavailable extends Schema.TaggedError<AccountsUnavailable>()("AccountsUnavailable", {
  operation: Schema.String,
  message: Schema.String
}) {}

/** A key as it may be shown: everything but its secret, which nobody has. */
export interface Key {
  readonly key: KeyId
  readonly role: Role
  readonly label: string | null
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly revokedAt: number | null
  readonly lastUsedAt: number | null
}

export interface NewKey {
  readonly role: Role
  readonly label?: string | undefined
  /** Milliseconds since the epoch; for ever when absent. */
  readonly expiresAt?: number | undefined
}

export interface Accounts {
  /** Makes a key. Its text is answered once, here, and cannot be found again. */
  readonly createKey: (
    wanted: NewKey
  ) => Effect.Effect<{ readonly key: Key; readonly text: string }, AccountsUnavailable>
  /** Makes the first key, an owner's; `undefined` where there is a key already. */
  readonly createFirstKey: Effect.Effect<
    { readonly key: Key; readonly text: string } | undefined,
    AccountsUnavailable
  >
  /** All keys, the oldest first, those revoked too. */
  readonly listKeys: Effect.Effect<ReadonlyArray<Key>, AccountsUnavailable>
  /** From here on it is not accepted, by any process. `false` where no such key was in force. */
  readonly revokeKey: (key: KeyId) => Effect.Effect<boolean, AccountsUnavailable>
  /** The key that a text is, if it is in force now. */
  readonly authenticate: (text: string) => Effect.Effect<Key | undefined, AccountsUnavailable>
  /** Whether a key that was accepted before still is. */
  readonly isInForce: (key: KeyId) => Effect.Effect<boolean, AccountsUnavailable>
  /** A number that changes whenever another process wrote. */
  readonly version: Effect.Effect<number, AccountsUnavailable>
}

interface Row {
  readonly id: KeyId
  readonly hash: Buffer
  readonly role: Role
  readonly label: string | null
  readonly created: number
  readonly expires: number | null
  readonly revoked: number | null
  readonly last_used: number | null
}

const keyOf = (row: Row): Key => ({
  key: row.id,
  role: row.role,
  label: row.label,
  createdAt: row.created,
  expiresAt: row.expires,
  revokedAt: row.revoked,
  lastUsedAt: row.last_used
})

const hashOf = (secret: string) => createHash("sha256").update(secret).digest()

/** `wadjet_<the 32 digits of the key's id>_<its secret, base64url>`. */
const textOf = (id: KeyId, secret: string) => `wadjet_${id.replaceAll("-", "")}_${secret}`

const textPattern =
  /^wadjet_([0-9a-f]{8})([0-9a-f]{4})(7[0-9a-f]{3})([89ab][0-9a-f]{3})([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/

const partsOf = (text: string): { readonly id: string; readonly secret: string } | undefined => {
  const match = textPattern.exec(text)
  return match === null ? undefined : { id: match.slice(1, 6).join("-"), secret: match[6]! }
}

const isInForceAt = (row: Row, now: number) =>
  row.revoked === null && (row.expires === null || row.expires > now)

/** Compared against where there is no such key, so that an unknown id takes as long as a wrong secret. */
const nobody = Buffer.alloc(secretBytes)

const attempt = <A>(operation: string, run: () => A) =>
  Effect.try({
    try: run,
    catch: (cause) =>
      new AccountsUnavailable({
        operation,
        message: `accounts.db could not ${operation}: ${cause instanceof Error ? cause.message : String(cause)}`
      })
  })

const make = (db: Sqlite): Accounts => {
  db.exec(schema)
  const sql = {
    add: db.prepare<[KeyId, Buffer, Role, string | null, number, number | null]>(
      "insert into key (id, hash, role, label, created, expires) values (?, ?, ?, ?, ?, ?)"
    ),
    all: db.prepare<[], Row>("select * from key order by created, id"),
    any: db.prepare<[], number>("select 1 from key limit 1").pluck(),
    find: db.prepare<[string], Row>("select * from key where id = ?"),
    revoke: db.prepare<[number, KeyId]>("update key set revoked = ? where id = ? and revoked is null"),
    used: db.prepare<[number, KeyId]>("update key set last_used = ? where id = ?")
  }

  const add = (wanted: NewKey, now: number) => {
    const id = KeyId.make(uuid7(now))
    const secret = randomBytes(secretBytes).toString("base64url")
    sql.add.run(id, hashOf(secret), wanted.role, wanted.label ?? null, now, wanted.expiresAt ?? null)
    return { key: keyOf(sql.find.get(id)!), text: textOf(id, secret) }
  }

  const addFirst = db.transaction((now: number) =>
    sql.any.get() === undefined ? add({ role: "owner", label: "first" }, now) : undefined
  )

  const find = (text: string, now: number): Key | undefined => {
    const parts = partsOf(text)
    if (parts === undefined) return undefined
    const row = sql.find.get(parts.id)
    const same = timingSafeEqual(hashOf(parts.secret), row?.hash ?? nobody)
    if (row === undefined || !same || !isInForceAt(row, now)) return undefined
    if (now - (row.last_used ?? 0) >= lastUsedEveryMillis) sql.used.run(now, row.id)
    return keyOf(row)
  }

  const at = <A>(operation: string, run: (now: number) => A) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => attempt(operation, () => run(now)))

  return {
    createKey: (wanted) => at("make a key", (now) => add(wanted, now)),
    createFirstKey: at("make the first key", (now) => addFirst.immediate(now)),
    listKeys: attempt("list keys", () => sql.all.all().map(keyOf)),
    revokeKey: (key) => at("revoke a key", (now) => sql.revoke.run(now, key).changes > 0),
    authenticate: (text) => at("find a key", (now) => find(text, now)),
    isInForce: (key) =>
      at("find a key", (now) => {
        const row = sql.find.get(key)
        return row !== undefined && isInForceAt(row, now)
      }),
    version: attempt("notice a change", () => db.pragma("data_version", { simple: true }) as number)
  }
}

/** The name of the file in the data folder. */
export const accountsFile = "accounts.db"

/**
 * Opens the accounts at a path, until the scope closes. It may be open in other processes at the same time.
 *
 * @example
 * const accounts = yield* openAccounts(join(dataFolder, accountsFile))
 * const { text } = yield* accounts.createKey({ role: "viewer", label: "dashboard" })
 */
export const openAccounts = Effect.fn("openAccounts")(function* (path: string) {
  const db = yield* openSqlite(path, "secrets")
  return yield* attempt("be prepared", () => make(db))
})
