/** Keyrings to test, in memory and on disk. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import Database from "better-sqlite3"
import { Effect, Exit, Layer, Scope } from "effect"
import type { ChatId, PersonId } from "../../../contracts/ids.ts"
import { Keyring, type KeyringService } from "../../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../../infra/keyring/sqlite-keyring.ts"

/** An hour before one month ends, and an hour into the next. */
export const january = Date.UTC(2026, 0, 31, 23)
export const february = Date.UTC(2026, 1, 1, 1)

/** Thousands of keys are each made durable before they are used: in memory that costs no disk, and files have the same bytes. */
const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir()

/** A folder for a keyring, and connections to it that can be closed one by one. */
export const onDisk = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(root, "wadjet-keyring-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  const outer = yield* Scope.Scope
  const path = join(folder, "keyring.db")
  const open = Effect.gen(function* () {
    const scope = yield* Scope.fork(outer)
    const built = yield* Layer.buildWithScope(Layer.fresh(sqliteKeyring(path)), scope)
    const keyring = yield* Effect.provide(Keyring, built)
    return { keyring, close: Scope.close(scope, Exit.void) }
  })
  const bytes = () => readdirSync(folder).map((name) => ({ name, content: readFileSync(join(folder, name)) }))
  const secrets = (owner: string) => {
    const db = new Database(path, { readonly: true })
    const rows = db
      .prepare<[string], Buffer>("select secret from data_key where owner = ?")
      .pluck()
      .all(owner)
    db.close()
    return rows
  }
  return { bytes, open, path, secrets }
})

/** Runs a test on a keyring of its own that is nowhere on a disk. */
export const inMemory = <A, E>(test: (keyring: KeyringService) => Effect.Effect<A, E, Scope.Scope>) =>
  Effect.flatMap(Keyring, test).pipe(Effect.provide(sqliteKeyring(":memory:"), { local: true }))

/** A chat and a sender in it, by forms that are made of a name. */
export const named = Effect.fnUntraced(function* (keyring: KeyringService, name = "1") {
  const chat: ChatId = yield* keyring.chat([`group-${name}@g.us`])
  const sender: PersonId = yield* keyring.person([`49${name}@s.whatsapp.net`, `${name}@lid`])
  return { chat, sender }
})

/** The ways in which a text may lie in a file. Base64 of each of the three alignments. */
export const spellings = (text: string): ReadonlyArray<Buffer> => [
  Buffer.from(text, "utf8"),
  Buffer.from(text, "utf16le"),
  Buffer.from(text, "utf16le").swap16(),
  ...[0, 1, 2].map((shift) => Buffer.from(Buffer.from(text.slice(shift)).toString("base64").slice(0, -4)))
]
