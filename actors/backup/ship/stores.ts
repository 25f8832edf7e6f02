/**
 * The stores of secrets, each as one current object. A place has the keys of an event before it has the event, and
 * what was destroyed here is gone there before the log says so there.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { Effect, Schema, Scope } from "effect"
import { openSqliteReadOnly } from "../../../infra/sqlite/open.ts"
import type { Place } from "../places/place.ts"
import { replaceForCertain } from "../places/read-back.ts"
import { Digest, Extent, extentOf, frame, unframe } from "../segment/frame.ts"
import { type Recipient, seal } from "../segment/seal.ts"
import { elapsedMillis } from "./elapsed.ts"
import { storeKey, type StoreName, storeNames, storesOf } from "./keys.ts"

export const StoreHeader = Schema.Struct({
  kind: Schema.Literal("store"),
  store: Schema.Literals(storeNames),
  account: Schema.String,
  /** Of the SQLite database before it was compressed and encrypted. */
  content: Extent,
  body: Extent
})

/**
 * The shortest time between two copies of a store. The session is written with every message. Once somebody was
 * forgotten no copy is kept that is older.
 */
const everyMillis: Readonly<Record<StoreName, number>> = { keyring: 0, accounts: 0, session: 3_600_000 }

interface Copied {
  readonly version: number
  /** When, by a clock that is not set. */
  readonly at: number
}

export interface StoreOptions {
  readonly dataFolder: string
  readonly account: string
  readonly recipients: ReadonlyArray<Recipient>
}

/** What a place holds of a store, as far as that can be told without a key. */
const contentAt = (bytes: Buffer | undefined): typeof Digest.Type | undefined => {
  if (bytes === undefined) return undefined
  try {
    return unframe(bytes, StoreHeader).header.content.sha256
  } catch {
    // Whatever it is, it is replaced.
    return undefined
  }
}

const copyStore = Effect.fnUntraced(function* (
  place: Place,
  name: StoreName,
  plain: Buffer,
  options: StoreOptions
) {
  const { account, recipients } = options
  const key = storeKey(account, name)
  const content = extentOf(plain)
  if (contentAt(yield* place.get(key)) === content.sha256) return
  const body = yield* Effect.promise(() => seal(plain, recipients))
  const bytes = frame({ kind: "store", store: name, account, content }, body)
  // Somebody who was killed while replacing it may have left an older one.
  yield* place.discardUnfinished?.(storesOf(account)) ?? Effect.void
  yield* replaceForCertain(place, key, bytes)
})

interface Opened {
  readonly version: () => number
  readonly read: () => Buffer
}

/**
 * Keeps the stores of one place current, until the scope closes. `changed` tells whether there is anything to do, `copy`
 * does it; both see what was committed before they were asked. `forgets` says that what is stored next tells of an
 * erasure. A store that is not there yet is looked for each time.
 */
export const openStores = Effect.fn("openStores")(function* (place: Place, options: StoreOptions) {
  const scope = yield* Effect.scope
  const opened = new Map<StoreName, Opened>()
  const copied = new Map<StoreName, Copied>()

  const open = Effect.fnUntraced(function* (name: StoreName) {
    const path = join(options.dataFolder, `${name}.db`)
    if (opened.has(name) || !existsSync(path)) return
    const db = yield* Scope.provide(openSqliteReadOnly(path), scope)
    const version = db.prepare<[], number>("pragma data_version").pluck()
    opened.set(name, { version: () => version.get()!, read: () => db.serialize() })
  })

  const due = Effect.fnUntraced(function* (forgets: boolean) {
    const now = yield* elapsedMillis
    yield* Effect.forEach(storeNames, open, { discard: true })
    return [...opened].flatMap(([name, { read, version }]) => {
      const before = copied.get(name)
      const current = version()
      const isDue =
        before === undefined ||
        (before.version !== current && (forgets || now - before.at >= everyMillis[name]))
      return isDue ? [{ name, read, copied: { version: current, at: now } }] : []
    })
  })

  return {
    /** Has every store looked at again at the place, whether it changed here or not. */
    recheck: () => copied.clear(),
    changed: (forgets: boolean) => Effect.map(due(forgets), (stores) => stores.length > 0),
    copy: Effect.fnUntraced(function* (forgets: boolean) {
      for (const { copied: now, name, read } of yield* due(forgets)) {
        yield* copyStore(place, name, read(), options)
        copied.set(name, now)
      }
    })
  }
})
