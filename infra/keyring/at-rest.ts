/**
 * Keeping other stores unreadable on disk: a key for each, made at the first start and held in `keyring.db`.
 * What is sealed says nothing without the keyring, and a value that was moved to another place does not open.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto"
import { Clock, Effect } from "effect"
import { migrate } from "../sqlite/migrate.ts"
import { openSqlite, type Sqlite } from "../sqlite/open.ts"
import { KeyringUnavailable } from "./keyring.ts"
import { keyringMigrations } from "./migrations.ts"

/** AES-256-GCM, NIST SP 800-38D. Random nonces are safe for 2^32 values, more than one account ever writes. */
const nonceBytes = 12
const tagBytes = 16
const secretBytes = 32

export interface AtRest {
  /** Nonce, tag and cipher text. `place` is authenticated: it is where the value is kept, such as table and key. */
  readonly seal: (place: string, plain: Uint8Array) => Buffer
  /** The plain bytes. Throws where they were changed, moved, or sealed under another key. */
  readonly open: (place: string, sealed: Uint8Array) => Buffer
  /** A name for something that must be found again and not be read: 16 bytes of HMAC-SHA-256. */
  readonly nameOf: (...parts: ReadonlyArray<string>) => Buffer
}

/** The functions of one secret of 32 bytes. */
export const atRestUnder = (secret: Uint8Array): AtRest => {
  const derived = (use: string) =>
    Buffer.from(hkdfSync("sha256", secret, Buffer.alloc(0), `wadjet at rest: ${use}`, secretBytes))
  const sealing = derived("seal")
  const naming = derived("name")
  return {
    seal: (place, plain) => {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv("aes-256-gcm", sealing, nonce).setAAD(Buffer.from(place))
      const body = Buffer.concat([cipher.update(plain), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), body])
    },
    open: (place, sealed) => {
      const nonce = sealed.subarray(0, nonceBytes)
      const decipher = createDecipheriv("aes-256-gcm", sealing, nonce, { authTagLength: tagBytes })
        .setAAD(Buffer.from(place))
        .setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes))
      return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()])
    },
    nameOf: (...parts) => {
      const hmac = createHmac("sha256", naming)
      // Length-prefixed, so that ("ab", "c") and ("a", "bc") differ.
      for (const part of parts) hmac.update(`${part.length}:`).update(part)
      return hmac.digest().subarray(0, 16)
    }
  }
}

const read = (db: Sqlite, store: string): Buffer | undefined =>
  db.prepare<[string], Buffer>("select secret from at_rest where store = ?").pluck().get(store)

const make = (db: Sqlite, store: string, now: number): Buffer => {
  // Whoever comes first makes it; `synchronous=FULL` has it on disk before anything is sealed under it.
  migrate(db, keyringMigrations, now)
  db.prepare("insert into at_rest (store, secret) values (?, ?) on conflict (store) do nothing").run(
    store,
    randomBytes(secretBytes)
  )
  return read(db, store)!
}

const hasTable = (db: Sqlite): boolean =>
  db.prepare("select 1 from sqlite_schema where name = 'at_rest'").get() !== undefined

/** Once it is there, nothing is written to get it: a keyring that another process is busy with is no obstacle. */
const secretOf = (db: Sqlite, store: string, now: number): Buffer =>
  (hasTable(db) ? read(db, store) : undefined) ?? make(db, store, now)

/**
 * The sealing of one store, under the key that the keyring at a path holds for it.
 *
 * @example const atRest = yield* openAtRest(join(dataFolder, "keyring.db"), "session")
 */
export const openAtRest = Effect.fn("openAtRest")(
  function* (keyringPath: string, store: string) {
    const db = yield* openSqlite(keyringPath, "secrets")
    const now = yield* Clock.currentTimeMillis
    return yield* Effect.try({
      try: () => atRestUnder(secretOf(db, store, now)),
      catch: (cause) =>
        new KeyringUnavailable({
          operation: "keep a key at rest",
          message: `the keyring could not give the key of ${store}: ${cause instanceof Error ? cause.message : String(cause)}`
        })
    })
  },
  // The connection is needed for this moment only.
  Effect.scoped
)
