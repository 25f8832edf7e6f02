/** Making a point at a place: copies of the databases that the log brings back, as they stand now. */
import { existsSync, mkdirSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { Clock, Effect } from "effect"
import { openSqliteReadOnly, SqliteUnavailable } from "../../../infra/sqlite/open.ts"
import { locationIn } from "../../../projections/location.ts"
import { type Place, PlaceFailed } from "../places/place.ts"
import type { Origin } from "../segment/segment.ts"
import { copyDatabase } from "./copy-database.ts"
import { pointKey } from "./keys.ts"
import { encodePoint, type PointFile, type Sealing } from "./point.ts"
import { forgetChanged, type SeenParts, storeFile } from "./store-file.ts"

export interface PointOptions {
  readonly dataFolder: string
  readonly origin: Origin
  readonly sealing: Sealing
  /** Parts that earlier points of this process saw at the place. */
  readonly seen: SeenParts
  /** Waits until the place holds the log up to an event: before that the point would be worth nothing. */
  readonly shipped: (sequence: number) => Effect.Effect<void>
}

export interface MadePoint {
  readonly at: number
  readonly sequence: number
  readonly files: number
  readonly bytes: number
}

/** What a point calls the file of the read models that answers. */
export const readModelFile = "read-model/wadjet.db"

const sourceOf = (dataFolder: string, path: string): string =>
  path === readModelFile ? locationIn(dataFolder).database : join(dataFolder, path)

/** Databases that are folds of the log: no secrets, and what is personal in them is sealed under keys elsewhere. */
const databasesIn = (dataFolder: string): ReadonlyArray<string> => {
  const actors = join(dataFolder, "actors")
  const names = existsSync(actors) ? readdirSync(actors).filter((name) => name.endsWith(".db")) : []
  const models = existsSync(sourceOf(dataFolder, readModelFile)) ? [readModelFile] : []
  return [...models, ...names.toSorted().map((name) => `actors/${name}`)]
}

/** How far a copy of the read models stands for the log. */
const sequenceOf = Effect.fnUntraced(function* (path: string) {
  const db = yield* openSqliteReadOnly(path)
  return yield* Effect.try({
    try: () => db.prepare<[], number>("select sequence from checkpoint").pluck().get() ?? 0,
    catch: (cause) =>
      new SqliteUnavailable({
        path,
        message: `expected a checkpoint in ${path}, found: ${String(cause)}`,
        damaged: false
      })
  })
}, Effect.scoped)

/**
 * Makes a point, or answers with `undefined` where there are no read models yet. Fails with `NoRoom` where a copy would
 * leave too little of this machine's disk.
 */
export const makePoint = Effect.fn("makePoint")(function* (
  place: Place,
  { dataFolder, origin, sealing, seen, shipped }: PointOptions
) {
  const scratch = join(dataFolder, "backup", place.name)
  mkdirSync(scratch, { recursive: true, mode: 0o700 })
  yield* forgetChanged(place, origin, seen)
  const files: Array<PointFile> = []
  let bytes = 0
  let sequence = 0
  for (const path of databasesIn(dataFolder)) {
    const stored = yield* Effect.scoped(
      Effect.gen(function* () {
        const at = join(scratch, "copy.db")
        yield* copyDatabase(sourceOf(dataFolder, path), at)
        if (path === readModelFile) sequence = yield* sequenceOf(at)
        return yield* storeFile(place, origin, { path, at }, sealing, seen)
      })
    )
    files.push(stored.file)
    bytes += stored.bytes
  }
  if (!files.some(({ path }) => path === readModelFile)) return undefined
  yield* shipped(sequence)
  const at = yield* Clock.currentTimeMillis
  const object = encodePoint({ ...origin, at, sequence, files })
  const key = pointKey(origin, at)
  if ((yield* place.putIfAbsent(key, object)) === "taken" || !(yield* place.get(key))?.equals(object))
    return yield* new PlaceFailed({
      place: place.name,
      operation: "store an object",
      fault: "lied",
      message: `expected ${place.shown} to hold ${key} as it was stored, found something else`
    })
  return { at, sequence, files: files.length, bytes: bytes + object.length } satisfies MadePoint
})
