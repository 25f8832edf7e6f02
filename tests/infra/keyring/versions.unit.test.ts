import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import Database from "better-sqlite3"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { openAtRest } from "../../../infra/keyring/at-rest.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { keyringMigrations } from "../../../infra/keyring/migrations.ts"
import { sqliteKeyring } from "../../../infra/keyring/sqlite-keyring.ts"
import { historyOf, migrate, versionOf } from "../../../infra/sqlite/migrate.ts"

const path = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-keyring-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
  ),
  (folder) => join(folder, "keyring.db")
)
const opened = (at: string) =>
  Effect.map(Layer.build(sqliteKeyring(at)), (context) => Context.get(context, Keyring))
const on = <A>(at: string, run: (db: Database.Database) => A): A => {
  const db = new Database(at)
  try {
    return run(db)
  } finally {
    db.close()
  }
}
/** The keyring as versions without steps left it. */
const withoutSteps = (db: Database.Database) => db.exec("drop table migration; pragma user_version = 0")

describe("the keyring's shape", () => {
  it.effect("takes its steps once, whoever opens it, and keeps a history", () =>
    Effect.gen(function* () {
      const at = yield* path
      yield* openAtRest(at, "session")
      yield* opened(at)
      yield* opened(at)
      expect(
        on(at, (db) => historyOf(db).map(({ direction, name, version }) => [version, name, direction]))
      ).toEqual([[1, "keys", "up"]])
    }).pipe(Effect.scoped)
  )

  it.effect("keeps every key of a file from before there were steps, and on the way back", () =>
    Effect.gen(function* () {
      const at = yield* path
      const place = (session: { open: (place: string, sealed: Uint8Array) => Buffer }, sealed: Uint8Array) =>
        session.open("here", sealed).toString()
      const kept = yield* Effect.gen(function* () {
        const keyring = yield* opened(at)
        const chat = yield* keyring.chat(["491700000000@s.whatsapp.net"])
        const sealed = yield* keyring.seal([chat], 1_767_225_600_000, "words")
        const session = yield* openAtRest(at, "session")
        return { chat, sealed, account: keyring.account, session: session.seal("here", Buffer.from("creds")) }
      }).pipe(Effect.scoped)
      const holds = Effect.gen(function* () {
        const keyring = yield* opened(at)
        expect(keyring.account).toBe(kept.account)
        expect(yield* keyring.chat(["491700000000@s.whatsapp.net"])).toBe(kept.chat)
        expect(keyring.open(kept.sealed)).toBe("words")
        expect(place(yield* openAtRest(at, "session"), kept.session)).toBe("creds")
      }).pipe(Effect.scoped)
      on(at, withoutSteps)
      yield* holds
      on(at, (db) => migrate(db, keyringMigrations, 1, 0))
      yield* holds
      expect(on(at, (db) => historyOf(db).map(({ direction }) => direction))).toEqual(["up", "down", "up"])
    }).pipe(Effect.scoped)
  )

  it.effect("is not waited for where it is as it should be and another process writes", () =>
    Effect.gen(function* () {
      const at = yield* path
      yield* Effect.scoped(opened(at))
      const busy = new Database(at)
      busy.exec("begin immediate")
      const other = new Database(at, { timeout: 0 })
      migrate(other, keyringMigrations, 1)
      other.close()
      busy.close()
    }).pipe(Effect.scoped)
  )

  it.effect("of a newer version is left alone, in words", () =>
    Effect.gen(function* () {
      const at = yield* path
      yield* Effect.scoped(opened(at))
      on(at, (db) => db.pragma("user_version = 9"))
      const failure = yield* Effect.flip(Effect.scoped(opened(at)))
      expect(failure._tag).toBe("SqliteUnavailable")
      expect(failure.message).toContain("found version 9")
      expect(on(at, versionOf)).toBe(9)
    }).pipe(Effect.scoped)
  )
})
