/** Where the older scheduler keeps what it has: its SQLite file, a folder of JSON objects, or a bucket of them. */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import Database from "better-sqlite3"
import { Effect } from "effect"
import type { Config } from "../../../infra/config/settings.ts"
import { openPlace, type PlaceAddress } from "../../backup/places/open-place.ts"
import { type OlderRows, rowsInJson, rowsInSqlite } from "../../schedule/import/older-tables.ts"
import { OperatorFailed } from "../failure.ts"

export type OlderSource =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "s3"; readonly address: PlaceAddress }

const unreadable = (where: string, cause: unknown) =>
  new OperatorFailed({
    what: `What the older scheduler keeps in ${where} cannot be read`,
    why: cause instanceof Error ? cause.message : String(cause),
    next: "Name its SQLite file, a folder of its JSON objects, or the bucket that holds them."
  })

/** The first bytes of every SQLite file. */
const isSqlite = (path: string): boolean =>
  readFileSync(path).subarray(0, 15).equals(Buffer.from("SQLite format 3"))

/** Opened where it lies, to read only: what was written last may still be in the file beside it. */
const rowsOfSqlite = (path: string): ReadonlyArray<OlderRows> => {
  const db = new Database(path, { readonly: true, fileMustExist: true })
  try {
    return rowsInSqlite(basename(path), db)
  } finally {
    db.close()
  }
}

const rowsOfFile = (path: string, where: string): ReadonlyArray<OlderRows> =>
  isSqlite(path) ? rowsOfSqlite(path) : rowsInJson(where, readFileSync(path, "utf8"))

const rowsOfPath = (path: string): ReadonlyArray<OlderRows> => {
  if (!statSync(path).isDirectory()) return rowsOfFile(path, basename(path))
  const names = readdirSync(path, { recursive: true, encoding: "utf8" })
  return names
    .filter((name) => /\.json$/i.test(name))
    .toSorted()
    .flatMap((name) => rowsOfFile(join(path, name), name))
}

const rowsOfBucket = Effect.fnUntraced(function* (address: PlaceAddress) {
  const place = yield* openPlace(address)
  const objects = (yield* place.list("")).filter(({ key }) => /\.json$/i.test(key))
  const found = yield* Effect.forEach(
    objects,
    ({ key }) =>
      Effect.map(place.get(key), (bytes) =>
        // One that was deleted since it was listed is not there.
        bytes === undefined ? [] : rowsInJson(key, Buffer.from(bytes).toString("utf8"))
      ),
    { concurrency: 8 }
  )
  return found.flat()
}, Effect.scoped)

/** All rows. Fails where there are none: nothing at all is more likely a mistake than the end of all plans. */
export const readOlder = Effect.fn("readOlder")(function* (source: OlderSource) {
  const where = source.kind === "path" ? source.path : source.address.shown
  const rows = yield* source.kind === "path"
    ? Effect.try({ try: () => rowsOfPath(source.path), catch: (cause) => unreadable(where, cause) })
    : rowsOfBucket(source.address).pipe(Effect.mapError((error) => unreadable(where, error)))
  if (rows.every((table) => table.rows.length === 0))
    return yield* unreadable(
      where,
      "expected contacts, scheduled_messages or jobs, found none of them: nothing is changed"
    )
  return rows
})

/** What the settings name, if they name anything. */
export const olderSourceOf = Effect.fnUntraced(function* ({
  olderScheduler: place,
  olderSchedulerKeys
}: Config) {
  if (place === undefined) return undefined
  if (place.kind === "path") return place satisfies OlderSource
  if (olderSchedulerKeys === undefined)
    return yield* new OperatorFailed({
      what: "The older scheduler cannot be read",
      why: "expected the access key of its bucket in WADJET_OLDER_SCHEDULER_KEYS, found none",
      next: "Set it, or the file that WADJET_OLDER_SCHEDULER_KEYS_FILE names, to ACCESS-KEY:SECRET-KEY."
    })
  const { kind, ...bucket } = place
  const shown = `${bucket.endpoint}/${bucket.bucket}/${bucket.prefix}`
  const keys = { accessKey: olderSchedulerKeys.accessKey, secretKey: olderSchedulerKeys.secretKey }
  const address = { name: "older-scheduler", shown, everyMillis: 0, kind, ...bucket, ...keys } as const
  return { kind, address } satisfies OlderSource
})

/** Everything that the settings say of it. */
export const refreshingOf = Effect.fnUntraced(function* (config: Config) {
  const source = yield* olderSourceOf(config)
  const { olderSchedulerSecret: secret, olderSchedulerZone: zone } = config
  return source === undefined ? undefined : { source, zone, secret }
})
