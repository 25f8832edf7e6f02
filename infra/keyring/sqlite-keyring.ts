/** The keyring in `keyring.db` (`synchronous=FULL`, deleted content overwritten). */
import { type KeyObject, randomBytes } from "node:crypto"
import { Clock, Effect, Layer } from "effect"
import { AccountId, ChatId, PersonId } from "../../contracts/ids.ts"
import { ownerHashKeyName, ownerKeyName, type Sealed } from "../../contracts/personal.ts"
import { migrate } from "../sqlite/migrate.ts"
import { openSqlite, openSqliteCopy, type Sqlite, SqliteUnavailable } from "../sqlite/open.ts"
import { isDamage } from "../sqlite/storage-fault.ts"
import { type DataKey, hashKeyOf, hashText, joinKeys, keyIdsOf, openText, sealText } from "./aead.ts"
import { type Forgotten, type KeyNeed, Keyring, type KeyringService, KeyringUnavailable } from "./keyring.ts"
import { openLinkKeys } from "./link-keys.ts"
import { keyringMigrations } from "./migrations.ts"
import { openedTexts } from "./opened-texts.ts"
import { openPseudonyms, randomToken } from "./pseudonyms.ts"
import { dropAside } from "./stand-aside.ts"

/** Joined keys kept in memory; more are derived again when needed. */
const cachedKeysMax = 4_096

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
  /** Changes nothing where they were forgotten before. */
  forget: db.prepare<[string]>("insert into forgotten (token) values (?) on conflict do nothing"),
  dropKeys: db.prepare<[string]>("delete from data_key where owner = ?"),
  /** Names of months begin with a digit; what lasts, and what hashes are made by, does not. */
  dropBetween: db.prepare<[string, string, string]>(
    "delete from data_key where owner = ? and name >= ? and name < ?"
  )
})

const readAccount = (db: Sqlite): string => {
  db.prepare("insert into account (token) select ? where not exists (select 1 from account)").run(
    randomToken("a", 9)
  )
  return db.prepare<[], string>("select token from account").pluck().get()!
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

const make = (db: Sqlite, path: string): KeyringService => {
  const account = readAccount(db)
  const sql = statements(db)
  const linkKeys = openLinkKeys(db)
  const pseudonyms = openPseudonyms(db)
  const joined = new Map<string, KeyObject>()
  const hashing = new Map<string, KeyObject>()
  const named = new Map<string, DataKey>()
  const texts = openedTexts()
  let seenVersion = -1

  /** Another process may have destroyed keys: whatever is cached holds only while nobody else wrote. */
  const forgetCacheIfChanged = () => {
    const version = sql.dataVersion.get()!
    const size = Math.max(joined.size, hashing.size, named.size)
    if (version === seenVersion && size < cachedKeysMax) return
    seenVersion = version
    clearCache()
  }

  const clearCache = () => {
    joined.clear()
    hashing.clear()
    named.clear()
    texts.clear()
  }

  const keyOf = (owner: string, name: string): DataKey => {
    const cached = named.get(name)
    if (cached !== undefined) return cached
    const fresh = throwaway()
    const known = sql.keyByName.get(name)
    if (known === undefined) sql.addKey.run(name, owner, fresh.id, fresh.secret, owner)
    const key = known ?? sql.keyByName.get(name)
    if (key === undefined) return fresh
    named.set(name, key)
    return key
  }

  const makeKeysNow = (needed: ReadonlyArray<KeyNeed>): void => {
    forgetCacheIfChanged()
    const missing = new Map<string, string>()
    for (const { owners, timeMillis } of needed)
      for (const owner of ownersOf(owners)) {
        const name = ownerKeyName(owner, timeMillis)
        if (!named.has(name) && sql.keyByName.get(name) === undefined) missing.set(name, owner)
      }
    if (missing.size === 0) return
    db.transaction(() => {
      for (const [name, owner] of missing) {
        const { id, secret } = throwaway()
        sql.addKey.run(name, owner, id, secret, owner)
      }
    }).immediate()
  }

  const secretOf = (ids: string): KeyObject | undefined => {
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
    const keys = ownersOf(owners).map((owner) => keyOf(owner, ownerKeyName(owner, timeMillis)))
    const ids = keys.map((key) => key.id).join(".")
    return sealText(ids, joinedOf(ids, keys), JSON.stringify(value)) as Sealed<T>
  }

  /** What has no owner left belongs to the account itself. */
  const ownersOf = (owners: ReadonlyArray<string>) => (owners.length === 0 ? [account] : owners)

  const hashNow = (owners: ReadonlyArray<string>, text: string): string => {
    forgetCacheIfChanged()
    const keys = ownersOf(owners).map((owner) => keyOf(owner, ownerHashKeyName(owner)))
    const ids = keys.map((key) => key.id).join(".")
    const key = hashing.get(ids) ?? hashKeyOf(keys)
    hashing.set(ids, key)
    return hashText(key, text)
  }

  const joinedOf = (ids: string, keys: ReadonlyArray<DataKey>): KeyObject => {
    const cached = joined.get(ids)
    if (cached !== undefined) return cached
    const secret = joinKeys(keys)
    if (keys.every((key) => sql.keyById.get(key.id) !== undefined)) joined.set(ids, secret)
    return secret
  }

  const openKnown = <T>(sealed: string): T | null => {
    const ids = keyIdsOf(sealed)
    const secret = ids === undefined ? undefined : secretOf(ids)
    return secret === undefined ? null : (JSON.parse(openText(sealed, secret)) as T)
  }

  const openNow = <T>(sealed: string | null): T | null => {
    if (sealed === null) return null
    forgetCacheIfChanged()
    return openKnown(sealed)
  }

  const openingNow = () => {
    forgetCacheIfChanged()
    return <T>(sealed: string | null): T | null => {
      if (sealed === null) return null
      const known = texts.find(sealed) as T | undefined
      if (known !== undefined) return known
      const value = openKnown<T>(sealed)
      if (value !== null) texts.keep(sealed, value)
      return value
    }
  }

  const forgetNow = (token: string, prepared: string | undefined): Forgotten => {
    const counts = db
      .transaction(() => {
        const all = pseudonyms.allOf(token)
        const sum = (destroy: (one: string) => number) => all.reduce((total, one) => total + destroy(one), 0)
        if (sum((one) => sql.forget.run(one).changes) > 0) linkKeys.rotate(prepared)
        return {
          keysDestroyed: sum((one) => sql.dropKeys.run(one).changes),
          mappingsDestroyed: sum(pseudonyms.drop)
        }
      })
      .immediate()
    overwrite()
    dropAside(path)
    return counts
  }

  const overwrite = () => {
    clearCache()
    if (db.pragma("wal_checkpoint(TRUNCATE)", { simple: true }) !== 0)
      throw new Error(
        "the keys are deleted, but another connection still reads what was there before, so that they could not be overwritten; ask again"
      )
  }

  const expireNow = (chat: string, before: string): number => {
    const dropped = db
      .transaction(() =>
        pseudonyms
          .allOf(chat)
          .reduce((sum, one) => sum + sql.dropBetween.run(one, `${one}:0`, `${one}:${before}`).changes, 0)
      )
      .immediate()
    overwrite()
    if (dropped > 0) dropAside(path)
    return dropped
  }

  return {
    account: AccountId.make(account),
    linkKeys: (owners) => linkKeys.keys(owners.flatMap(pseudonyms.allOf)),
    prepareLinkKey: (subject) => attempt("prepare a link key", () => linkKeys.prepare.immediate(subject)),
    hash: (owners, text) => attempt("hash", () => hashNow(owners, text)),
    chat: (forms) => attempt("name a chat", () => ChatId.make(pseudonyms.of("chat", forms))),
    person: (forms) => attempt("name a person", () => PersonId.make(pseudonyms.of("person", forms))),
    pseudonymsOf: (token) => pseudonyms.allOf(token) as ReadonlyArray<typeof token>,
    formsOf: (token) => pseudonyms.formsOf(token),
    directChatsOf: (person) => pseudonyms.chatsOf(person).map((chat) => ChatId.make(chat)),
    seal: (owners, timeMillis, value) => attempt("seal", () => sealNow(owners, timeMillis, value)),
    makeKeys: (needed) => attempt("make keys", () => makeKeysNow(needed)),
    open: (sealed) => openNow(sealed),
    opening: openingNow,
    expireMonths: (chat, before) => attempt("forget what is old", () => expireNow(chat, before)),
    forget: (token, prepared) => attempt("forget", () => forgetNow(token, prepared))
  }
}

const opened = Effect.fnUntraced(function* (db: Sqlite, path: string) {
  const now = yield* Clock.currentTimeMillis
  return yield* Effect.try({
    try: () => {
      migrate(db, keyringMigrations, now)
      return make(db, path)
    },
    catch: (cause) =>
      new SqliteUnavailable({
        path,
        damaged: isDamage(cause),
        message: `expected a keyring in ${path}, found: ${cause instanceof Error ? cause.message : String(cause)}`
      })
  })
})

const open = Effect.fnUntraced(function* (path: string) {
  return yield* opened(yield* openSqlite(path, "secrets"), path)
})

const openCopy = Effect.fnUntraced(function* (bytes: Buffer) {
  return yield* opened(yield* openSqliteCopy(bytes), ":memory:")
})

/** The keyring at a path; `:memory:` makes one that is gone with its scope. */
export const sqliteKeyring = (path: string) => Layer.effect(Keyring, Effect.map(open(path), Keyring.of))

/** A keyring that was copied, in memory and gone with its scope: what is killed meanwhile leaves no keys on a disk. */
export const copiedKeyring = (bytes: Buffer) => Layer.effect(Keyring, Effect.map(openCopy(bytes), Keyring.of))
