/** Every database that no log brings back has a shape with a version, steps to it and back, and a history. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import Database from "better-sqlite3"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { migrations as accountMigrations } from "../../actors/admin/accounts/database.ts"
import { progressMigrations } from "../../actors/admin/webhooks/progress.ts"
import { alertMigrations } from "../../actors/operator/alerts/run-alerts.ts"
import { openQuotaLedger, quotaMigrations } from "../../actors/scan/sources/quota-ledger.ts"
import { sandboxMigrations } from "../../actors/whatsapp/sandbox.ts"
import { migrations as sessionMigrations } from "../../actors/whatsapp/session/store-statements.ts"
import { keyringMigrations } from "../../infra/keyring/migrations.ts"
import { historyOf, migrate, type Migration, versionOf } from "../../infra/sqlite/migrate.ts"
import { openVersioned } from "../../infra/sqlite/open-versioned.ts"
import { readSources } from "../architecture/sources.ts"

const all: Readonly<Record<string, ReadonlyArray<Migration>>> = {
  "accounts.db": accountMigrations,
  "alerts.db": alertMigrations,
  "keyring.db": keyringMigrations,
  "sandbox.db": sandboxMigrations,
  "session.db": sessionMigrations,
  "sources.db": quotaMigrations,
  "webhooks.db": progressMigrations
}

/** Opened without steps, and why. */
const withoutSteps: Readonly<Record<string, string>> = {
  "actors/operator/system.ts": "state of an actor: of another version it is folded from the log anew",
  "projections/database.ts": "read models: of other folds they are folded from the log anew",
  "projections/past/fold-past.ts": "read models of the past, which no stop outlives",
  "projections/rebuild.ts": "read models, made by projections/database.ts",
  "projections/thread.ts": "read models, made by projections/database.ts",
  "infra/sqlite/open-versioned.ts": "takes the steps of whoever asks"
}

const shapeOf = (db: Database.Database) =>
  db
    .prepare(
      "select type, name, sql from sqlite_schema where name <> 'migration' and name not like 'sqlite%' order by name"
    )
    .all()

const inFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-versions-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
)

describe.each(Object.entries(all))("the shape of %s", (_name, migrations) => {
  it("is the same on the way back and forth, step by step, with a history of each", () => {
    const db = new Database(":memory:")
    const shapes: Array<ReadonlyArray<unknown>> = [shapeOf(db)]
    for (let version = 1; version <= migrations.length; version++) {
      migrate(db, migrations, version, version)
      shapes.push(shapeOf(db))
    }
    expect(shapes.at(-1)!.length).toBeGreaterThan(0)
    for (let version = migrations.length - 1; version >= 0; version--) {
      migrate(db, migrations, 100 - version, version)
      // Where nothing is dropped before the first step, the versions that knew no steps have the same tables.
      const kept = version === 0 && migrations[0]!.down === ""
      expect([version, shapeOf(db)]).toEqual([version, shapes[kept ? 1 : version]])
    }
    migrate(db, migrations, 200)
    expect([versionOf(db), shapeOf(db)]).toEqual([migrations.length, shapes.at(-1)])
    expect(historyOf(db).map(({ direction }) => direction)).toEqual([
      ...migrations.map(() => "up"),
      ...migrations.map(() => "down"),
      ...migrations.map(() => "up")
    ])
  })

  it("is as before where a step fails in the middle", () => {
    const db = new Database(":memory:")
    migrate(db, migrations, 1)
    const before = shapeOf(db)
    const broken = {
      name: "broken",
      up: "create table another (one integer) strict; select no_such_function()",
      down: ""
    }
    expect(() => migrate(db, [...migrations, broken], 2)).toThrow("no such function")
    expect([versionOf(db), shapeOf(db), historyOf(db).length]).toEqual([
      migrations.length,
      before,
      migrations.length
    ])
  })
})

describe("what was asked of whom", () => {
  it.effect("is kept from a file from before there were steps, and on the way back", () =>
    Effect.gen(function* () {
      const path = join(yield* inFolder, "sources.db")
      const one = [{ most: 1, per: "day" as const }]
      const spent = Effect.scoped(
        Effect.map(openQuotaLedger(path), (ledger) => ledger.spend("vt", one, 86_400_000) !== undefined)
      )
      const on = <A>(run: (db: Database.Database) => A): A => {
        const db = new Database(path)
        try {
          return run(db)
        } finally {
          db.close()
        }
      }
      expect(yield* spent).toBe(false)
      on((db) => db.exec("drop table migration; pragma user_version = 0"))
      expect(yield* spent).toBe(true)
      on((db) => migrate(db, quotaMigrations, 1, 0))
      expect(yield* spent).toBe(true)
      expect(on((db) => historyOf(db).map(({ direction }) => direction))).toEqual(["up", "down", "up"])
    }).pipe(Effect.scoped)
  )
})

describe("a database", () => {
  it.effect("of a newer version is not touched, and is refused in words", () =>
    Effect.gen(function* () {
      const path = join(yield* inFolder, "sources.db")
      yield* Effect.scoped(openQuotaLedger(path))
      const db = new Database(path)
      db.pragma("user_version = 9")
      const failure = yield* Effect.flip(Effect.scoped(openVersioned(path, "derived", quotaMigrations)))
      expect(failure).toMatchObject({ _tag: "SqliteUnavailable", damaged: false })
      expect(failure.message).toContain("found version 9")
      expect(versionOf(db)).toBe(9)
      db.close()
    }).pipe(Effect.scoped)
  )

  it("is opened with its steps, or comes from the log", () => {
    const opening = readSources("actors", "infra", "projections").filter(({ path, text }) =>
      path === "infra/sqlite/open.ts" ? false : /\bopenSqlite\(/.test(text)
    )
    expect(opening.length).toBeGreaterThan(5)
    const unaccounted = opening.filter(
      ({ path, text }) => withoutSteps[path] === undefined && !/\bmigrate\(/.test(text)
    )
    expect(unaccounted.map(({ path }) => path)).toEqual([])
    expect(Object.keys(withoutSteps).filter((path) => !opening.some((it) => it.path === path))).toEqual([])
  })
})
