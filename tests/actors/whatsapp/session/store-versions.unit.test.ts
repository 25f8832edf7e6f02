/** `session.db` from one version to the next, and back. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import Database from "better-sqlite3"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { openSessionStore } from "../../../../actors/whatsapp/session/store.ts"
import { migrations } from "../../../../actors/whatsapp/session/store-statements.ts"
import { historyOf, migrate, versionOf } from "../../../../infra/sqlite/migrate.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-session-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const places = Effect.map(folder, (at) => ({
  path: join(at, "session.db"),
  keyringPath: join(at, "keyring.db")
}))

/** What a connection of its own finds, or does. */
const beside = <A>(path: string, run: (db: Database.Database) => A): A => {
  const db = new Database(path)
  try {
    return run(db)
  } finally {
    db.close()
  }
}

const at = 7
const kept = { type: "session", id: "a", value: Buffer.from("ratchet") }

it.effect("a session that was kept before there were versions is taken over whole, with a history", () =>
  Effect.gen(function* () {
    const place = yield* places
    yield* Effect.scoped(
      Effect.gen(function* () {
        const owned = yield* (yield* openSessionStore(place)).claim
        owned.write({ changes: [kept], opened: ["cipher text"], at })
      })
    )
    // As a version without steps left it.
    beside(place.path, (db) => db.exec("drop table migration; pragma user_version = 0"))
    const owned = yield* (yield* openSessionStore(place)).claim
    expect([owned.read("session", "a")?.toString(), owned.wasOpened("cipher text"), owned.epoch]).toEqual([
      "ratchet",
      true,
      2
    ])
    expect(
      beside(place.path, (db) => historyOf(db).map(({ direction, version }) => [version, direction]))
    ).toEqual(migrations.map((_, index) => [index + 1, "up"]))
  })
)

it.effect("a session of a newer version is not touched, and is refused with what to do", () =>
  Effect.gen(function* () {
    const place = yield* places
    beside(place.path, (db) => db.pragma(`user_version = ${migrations.length + 1}`))
    const refused = yield* Effect.flip(openSessionStore(place))
    expect(refused.message).toContain(`found version ${migrations.length + 1}`)
    expect(refused.message).toContain("start the version of Wadjet that made it")
    expect(beside(place.path, (db) => db.prepare("select count(*) from sqlite_schema").pluck().get())).toBe(0)
  })
)

it("each step can be taken back, and taken again", () => {
  const db = new Database(":memory:")
  for (const round of [1, 2]) {
    migrate(db, migrations, round)
    expect(versionOf(db)).toBe(migrations.length)
    migrate(db, migrations, round, 0)
    const left = db.prepare("select name from sqlite_schema where name not like 'sqlite_%'").pluck().all()
    expect(left).toEqual(["migration"])
  }
})
