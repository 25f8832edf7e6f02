import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { openSqlite, openSqliteReadOnly, type Sqlite } from "../../infra/sqlite/open.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-sqlite-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

/** The files in a folder that this process holds open. */
const openIn = (path: string): ReadonlyArray<string> =>
  readdirSync("/proc/self/fd").flatMap((descriptor) => {
    try {
      const file = readlinkSync(join("/proc/self/fd", descriptor))
      return file.startsWith(path) ? [file] : []
    } catch {
      // It was closed meanwhile, such as the one of this very listing.
      return []
    }
  })

describe("a database", () => {
  it.effect("of secrets loses nothing to a power cut, and overwrites what is deleted", () =>
    Effect.gen(function* () {
      const db = yield* openSqlite(join(yield* folder, "deep", "keys.db"), "secrets")
      expect(db.pragma("synchronous", { simple: true })).toBe(2)
      expect(db.pragma("secure_delete", { simple: true })).toBe(1)
      expect(statSync(join(db.name, "..")).mode & 0o777).toBe(0o700)
    }).pipe(Effect.scoped)
  )

  it.effect("is kept in one way, whatever the environment says", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "models.db")
      const settings = (db: Sqlite, names: ReadonlyArray<string>) =>
        Object.fromEntries(names.map((name) => [name, db.pragma(name, { simple: true })]))
      const derived = yield* openSqlite(path, "derived")
      const names = [
        "journal_mode",
        "synchronous",
        "temp_store",
        "foreign_keys",
        "cache_size",
        "busy_timeout"
      ]
      expect(settings(derived, [...names, "mmap_size"])).toEqual({
        journal_mode: "wal",
        synchronous: 1,
        temp_store: 2,
        foreign_keys: 1,
        cache_size: -8_000,
        busy_timeout: 5_000,
        mmap_size: 0
      })
      const reading = yield* openSqliteReadOnly(path)
      expect(settings(reading, ["temp_store", "cache_size", "busy_timeout", "mmap_size"])).toEqual({
        temp_store: 2,
        cache_size: -4_000,
        busy_timeout: 5_000,
        mmap_size: 0
      })
      expect(() => reading.exec("create table a (b)")).toThrow("readonly")
    }).pipe(Effect.scoped)
  )

  it.effect("is closed with its scope", () =>
    Effect.gen(function* () {
      const path = yield* folder
      yield* Effect.scoped(openSqlite(join(path, "a.db"), "derived"))
      expect(openIn(path)).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("that is none is not left open, and its error says which file it is", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const file = join(path, "a.db")
      writeFileSync(file, "this is no database, though its name says so".repeat(100))
      const error = yield* Effect.flip(openSqlite(file, "secrets"))
      expect(error._tag).toBe("SqliteUnavailable")
      expect(error.message).toContain(file)
      expect(openIn(path)).toEqual([])
    }).pipe(Effect.scoped)
  )
})
