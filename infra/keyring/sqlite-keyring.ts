/** The keyring in `keyring.db` (`synchronous=FULL`, deleted content overwritten). */
import { randomBytes } from "node:crypto"
import { Effect, Layer } from "effect"
import { AccountId, ChatId, PersonId } from "../../contracts/ids.ts"
import { ownerKeyName, type Sealed } from "../../contracts/personal.ts"
import { openSqlite, type Sqlite } from "../sqlite/open.ts"
import { type DataKey, joinKeys, keyIdsOf, openText, sealText } from "./aead.ts"
import { type Forgotten, Keyring, type KeyringService, KeyringUnavailable } from "./keyring.ts"

const schema = `
  create table if not exists account (token text primary key, hash_key blob not null) strict;
  create table if not exists data_key (
    name text primary key, owner text not null, id text not null unique, secret blob not null
  ) strict;
  create index if not exists data_key_owner on data_key (owner);
  create table if not exists pseudonym (
    form text not null, kind text not null, token text not null, primary key (form, kind)
  ) strict;
  create index if not exists pseudonym_token on pseudonym (token);
  create table if not exists forgotten (token text primary key) strict;
`

/** Joined keys kept in memory; more are derived again when needed. */
const cachedKeysMax = 4_096

const alphabet = "abcdefghijklmnopqrstuvwxyz234567"
const randomToken = (prefix: string, length: number) =>
  prefix + Array.from(randomBytes(length), (byte) => alphabet[byte & 31]).join("")

const statements = (db: Sqlite) => ({
  /** Changes when another connection has written. */
  dataVersion: db.prepare<[], number>("pragma data_version").pluck(),
  keyByName: db.prepare<[string], DataKey>("select id, secret from data_key where name = ?"),
  keyById: db.prepare<[string], DataKey>("select id, secret from data_key where id = ?"),
  // One statement, so that an owner whom another process forgets meanwhile gets no key.
  addKey: db.prepare<[string, string, string, Buffer, string]>(
    `insert into data_key (name, owner, id, secret) select ?, ?, ?, ?
     where not exists (select 1 from forgotten where token = ?) on conflict (name) do nothing`
  ),
  tokenOf: db
    .prepare<[string, string], string>("select token from pseudonym where form = ? and kind = ?")
    .pluck(),
  addForm: db.prepare<[string, string, string]>(
    "insert into pseudonym (form, kind, token) values (?, ?, ?) on conflict (form, kind) do nothing"
  ),
  formsOf: db.prepare<[string], string>("select form from pseudonym where token = ? order by rowid").pluck(),
  forget: db.prepare<[string]>("insert into forgotten (token) values (?) on conflict do nothing"),
  dropKeys: db.prepare<[string]>("delete from data_key where owner = ?"),
  dropForms: db.prepare<[string]>("delete from pseudonym where token = ?")
})

const readAccount = (db: Sqlite) => {
  const select = db.prepare<[], { token: string; hash_key: Buffer }>("select token, hash_key from account")
  db.prepare("insert into account select ?, ? where not exists (select 1 from account)").run(
    randomToken("a", 9),
    randomBytes(32)
  )
  return select.get()!
}

const throwaway = (): DataKey => ({ id: randomBytes(9).toString("base64url"), secret: randomBytes(32) })

const attempt = <A>(operation: string, run: () => A) =>
  Effect.try({
    try: run,
    catch: (cause) =>
      new KeyringUnavailable({
        operation,
        message: `the keyring could not ${operation}: ${cause instanceof Error ? cause.message : String(cause)}`
      })
  })

const make = (db: Sqlite): KeyringService => {
  db.exec(schema)
  const { token: account, hash_key: hashKey } = readAccount(db)
  const sql = statements(db)
  const joined = new Map<string, Buffer>()
  const named = new Map<string, DataKey>()
  let seenVersion = -1

  /** Another process may have destroyed keys: whatever is cached holds only while nobody else wrote. */
  const forgetCacheIfChanged = () => {
    const version = sql.dataVersion.get()!
    if (version === seenVersion && joined.size < cachedKeysMax && named.size < cachedKeysMax) return
    seenVersion = version
    joined.clear()
    named.clear()
  }

  const keyOf = (owner: string, timeMillis: number): DataKey => {
    const name = ownerKeyName(owner, timeMillis)
    const cached = named.get(name)
    if (cached !== undefined) return cached
    const fresh = throwaway()
    sql.addKey.run(name, owner, fresh.id, fresh.secret, owner)
    const key = sql.keyByName.get(name)
    if (key === undefined) return fresh
    named.set(name, key)
    return key
  }

  const secretOf = (ids: string): Buffer | undefined => {
    const cached = joined.get(ids)
    if (cached !== undefined) return cached
    const keys = ids.split(".").map((id) => sql.keyById.get(id))
    if (!keys.every((key) => key !== undefined)) return undefined
    const secret = joinKeys(keys)
    joined.set(ids, secret)
    return secret
  }

  const sealNow = <T>(owners: ReadonlyArray<string>, timeMillis: number, value: T): Sealed<T> => {
    forgetCacheIfChanged()
    const keys = (owners.length === 0 ? [account] : owners).map((owner) => keyOf(owner, timeMillis))
    const ids = keys.map((key) => key.id).join(".")
    return sealText(ids, joinedOf(ids, keys), JSON.stringify(value)) as Sealed<T>
  }

  const joinedOf = (ids: string, keys: ReadonlyArray<DataKey>): Buffer => {
    const cached = joined.get(ids)
    if (cached !== undefined) return cached
    const secret = joinKeys(keys)
    if (keys.every((key) => sql.keyById.get(key.id) !== undefined)) joined.set(ids, secret)
    return secret
  }

  const openNow = <T>(sealed: string | null): T | null => {
    if (sealed === null) return null
    forgetCacheIfChanged()
    const ids = keyIdsOf(sealed)
    const secret = ids === undefined ? undefined : secretOf(ids.join("."))
    return secret === undefined ? null : (JSON.parse(openText(sealed, secret)) as T)
  }

  const pseudonymNow = db.transaction((kind: "chat" | "person", forms: ReadonlyArray<string>): string => {
    const known = forms.map((form) => sql.tokenOf.get(form, kind)).find((token) => token !== undefined)
    const token = known ?? randomToken(kind === "chat" ? "c" : "p", 14)
    for (const form of forms) sql.addForm.run(form, kind, token)
    return token
  })

  const forgetNow = (token: string): Forgotten => {
    const counts = db
      .transaction(() => {
        sql.forget.run(token)
        return {
          keysDestroyed: sql.dropKeys.run(token).changes,
          mappingsDestroyed: sql.dropForms.run(token).changes
        }
      })
      .immediate()
    joined.clear()
    named.clear()
    if (db.pragma("wal_checkpoint(TRUNCATE)", { simple: true }) !== 0)
      throw new Error(
        "the keys are deleted, but another connection still reads what was there before, so that they could not be overwritten; ask again"
      )
    return counts
  }

  return {
    account: AccountId.make(account),
    hashKey,
    chat: (forms) => attempt("name a chat", () => ChatId.make(pseudonymNow.immediate("chat", forms))),
    person: (forms) => attempt("name a person", () => PersonId.make(pseudonymNow.immediate("person", forms))),
    formsOf: (token) => sql.formsOf.all(token),
    seal: (owners, timeMillis, value) => attempt("seal", () => sealNow(owners, timeMillis, value)),
    open: (sealed) => openNow(sealed),
    forget: (token) => attempt("forget", () => forgetNow(token))
  }
}

/** The keyring at a path; `:memory:` makes one that is gone with its scope. */
export const sqliteKeyring = (path: string) =>
  Layer.effect(
    Keyring,
    Effect.map(openSqlite(path, "secrets"), (db) => Keyring.of(make(db)))
  )
