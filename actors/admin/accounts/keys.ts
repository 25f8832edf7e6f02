/** API keys. */
import { KeyIssued, KeyRevoked, type Role } from "../../../contracts/account.ts"
import type { Scope } from "../../../contracts/http/access.ts"
import { KeyId } from "../../../contracts/ids.ts"
import type { Sqlite } from "../../../infra/sqlite/open.ts"
import { uuid7 } from "../uuid7.ts"
import type { Deeds } from "./deeds.ts"
import { hashOfSecret, isSecretOf, makeSecret, partsOf, textOf } from "./secret-text.ts"

/** When a key was last used is written this seldom: each write is an fsync. */
const lastUsedEveryMillis = 60_000

/** What tells a key from any other text. */
const prefix = "wadjet_"

/** A key as it may be shown: everything but its secret, which nobody has. */
export interface Key {
  readonly key: KeyId
  readonly role: Role
  /** The groups of the API that it is for; null for all of them. */
  readonly scopes: ReadonlyArray<Scope> | null
  /** Requests; null for as many as it likes. */
  readonly perMinute: number | null
  readonly label: string | null
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly revokedAt: number | null
  readonly lastUsedAt: number | null
}

export interface NewKey {
  readonly role: Role
  readonly scopes?: ReadonlyArray<Scope> | undefined
  readonly perMinute?: number | undefined
  readonly label?: string | undefined
  /** Milliseconds since the epoch; for ever when absent. */
  readonly expiresAt?: number | undefined
}

interface Row {
  readonly id: KeyId
  readonly hash: Buffer
  readonly role: Role
  readonly scopes: string | null
  readonly per_minute: number | null
  readonly label: string | null
  readonly created: number
  readonly expires: number | null
  readonly revoked: number | null
  readonly last_used: number | null
}

const keyOf = (row: Row): Key => ({
  key: row.id,
  role: row.role,
  scopes: row.scopes === null ? null : (JSON.parse(row.scopes) as ReadonlyArray<Scope>),
  perMinute: row.per_minute,
  label: row.label,
  createdAt: row.created,
  expiresAt: row.expires,
  revokedAt: row.revoked,
  lastUsedAt: row.last_used
})

const isInForceAt = (row: Row, now: number) =>
  row.revoked === null && (row.expires === null || row.expires > now)

export const keysOn = (db: Sqlite, deeds: Deeds) => {
  const sql = {
    add: db.prepare<
      [KeyId, Buffer, Role, string | null, number | null, string | null, number, number | null]
    >(
      "insert into key (id, hash, role, scopes, per_minute, label, created, expires) values (?, ?, ?, ?, ?, ?, ?, ?)"
    ),
    all: db.prepare<[], Row>("select * from key order by created, id"),
    any: db.prepare<[], number>("select 1 from key limit 1").pluck(),
    find: db.prepare<[string], Row>("select * from key where id = ?"),
    revoke: db.prepare<[number, KeyId]>("update key set revoked = ? where id = ? and revoked is null"),
    used: db.prepare<[number, KeyId]>("update key set last_used = ? where id = ?")
  }

  const add = (wanted: NewKey, by: string, now: number) => {
    const id = KeyId.make(uuid7(now))
    const secret = makeSecret()
    const { expiresAt, label, perMinute, role, scopes } = wanted
    const listed = scopes === undefined ? null : JSON.stringify(scopes)
    sql.add.run(
      id,
      hashOfSecret(secret),
      role,
      listed,
      perMinute ?? null,
      label ?? null,
      now,
      expiresAt ?? null
    )
    deeds.add(id, "issued", KeyIssued({ key: id, role, by, at: now }))
    return { key: keyOf(sql.find.get(id)!), text: prefix + textOf(id, secret) }
  }

  return {
    add: db.transaction(add),
    addFirst: db.transaction((now: number) =>
      sql.any.get() === undefined ? add({ role: "owner", label: "first" }, "operator", now) : undefined
    ),
    list: () => sql.all.all().map(keyOf),
    revoke: db.transaction((key: KeyId, by: string, now: number) => {
      const revoked = sql.revoke.run(now, key).changes > 0
      if (revoked) deeds.add(key, "revoked", KeyRevoked({ key, by, at: now }))
      return revoked
    }),
    find: (text: string, now: number): Key | undefined => {
      const parts = text.startsWith(prefix) ? partsOf(text.slice(prefix.length)) : undefined
      if (parts === undefined) return undefined
      const row = sql.find.get(parts.id)
      const same = isSecretOf(parts.secret, row?.hash)
      if (row === undefined || !same || !isInForceAt(row, now)) return undefined
      if (now - (row.last_used ?? 0) >= lastUsedEveryMillis) sql.used.run(now, row.id)
      return keyOf(row)
    },
    /** `undefined` where it is not in force. */
    roleOf: (key: string, now: number): Role | undefined => {
      const row = sql.find.get(key)
      return row !== undefined && isInForceAt(row, now) ? row.role : undefined
    }
  }
}
