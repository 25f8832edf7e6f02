import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { openSqlite } from "../../infra/sqlite/open.ts"

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
