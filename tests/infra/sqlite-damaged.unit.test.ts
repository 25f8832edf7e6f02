import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { begunAnewWhereDamaged } from "../../infra/sqlite/damaged.ts"
import { openSqlite } from "../../infra/sqlite/open.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-damaged-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** A fold: what is there is read, and what is missing is written. */
const fold = (path: string) =>
  Effect.gen(function* () {
    const db = yield* openSqlite(path, "derived")
    db.exec("create table if not exists folded (key integer primary key, value text not null) strict")
    const sum = db.prepare<[], number>("select count(value) from folded where value like '%fold%'").pluck()
    const add = db.prepare("insert into folded (value) values (?)")
    const missing = 2_000 - sum.get()!
    db.transaction(() => {
      for (let row = 0; row < missing; row++) add.run(`folded ${"x".repeat(100)}`)
    })()
    return missing
  })

it.effect("a file that is damaged in its middle is deleted, and the next start begins anew", () =>
  Effect.gen(function* () {
    const path = join(yield* folder, "actor.db")
    const run = begunAnewWhereDamaged(path, fold(path))
    expect(yield* run).toBe(2_000)
    expect(yield* run).toBe(0)
    const file = openSync(path, "r+")
    writeSync(file, Buffer.alloc(40_000, 0xa5), 0, 40_000, Math.floor(statSync(path).size / 2))
    closeSync(file)
    const torn = yield* Effect.exit(run)
    expect(Exit.isFailure(torn)).toBe(true)
    expect(existsSync(path)).toBe(false)
    expect(yield* run).toBe(2_000)
  })
)

it.effect("a file that is no database is deleted, too", () =>
  Effect.gen(function* () {
    const path = join(yield* folder, "actor.db")
    writeFileSync(path, "no database at all, and longer than the header of one".repeat(20))
    const run = begunAnewWhereDamaged(path, fold(path))
    expect(yield* Effect.flip(run)).toMatchObject({ _tag: "SqliteUnavailable", damaged: true })
    expect(yield* run).toBe(2_000)
  })
)

it.effect("whatever else fails leaves the file alone", () =>
  Effect.gen(function* () {
    const path = join(yield* folder, "actor.db")
    expect(yield* begunAnewWhereDamaged(path, fold(path))).toBe(2_000)
    const failing = Effect.andThen(fold(path), Effect.fail("something else"))
    expect(yield* Effect.flip(begunAnewWhereDamaged(path, failing))).toBe("something else")
    expect(yield* begunAnewWhereDamaged(path, fold(path))).toBe(0)
  })
)
