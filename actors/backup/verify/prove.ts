/**
 * Proving that a place gives back what it should: everything that it holds is checked, restored into a server of its
 * own and folded again, up to the newest point and up to an older one, and compared with the read models that were
 * copied then. Without an identity it is checked as it is, encrypted.
 */
import { mkdirSync, rmSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Clock, Effect, Layer, Redacted } from "effect"
import { jetStreamLog } from "../../../infra/event-log/jetstream-log.ts"
import { beginLog } from "../../../infra/event-log/rebuild-log.ts"
import { sqliteKeyring } from "../../../infra/keyring/sqlite-keyring.ts"
import { Nats } from "../../../infra/nats/connection.ts"
import { startNatsServer } from "../../../infra/nats-server/start.ts"
import { openSqliteReadOnly } from "../../../infra/sqlite/open.ts"
import { readModels } from "../../../projections/catalogue.ts"
import { digest } from "../../../projections/digest.ts"
import { fingerprintOf } from "../../../projections/read-model.ts"
import { foldInto } from "../../../projections/rebuild.ts"
import type { Place } from "../places/place.ts"
import { pointsAt } from "../points/prune.ts"
import { unframe } from "../segment/frame.ts"
import { type Identity, unseal } from "../segment/seal.ts"
import type { Origin } from "../segment/segment.ts"
import { storeKey } from "../ship/keys.ts"
import { StoreHeader } from "../ship/stores.ts"
import { checkPoint } from "./check-point.ts"
import { type Listening, type LogReport, verifyLog } from "./verify.ts"

export interface ProvenPoint {
  readonly at: number
  readonly sequence: number
  /** Whether folding gave what was copied; null where it was not folded, or by another version. */
  readonly same: boolean | null
}

export interface Proven {
  readonly report: LogReport
  readonly points: ReadonlyArray<ProvenPoint>
  readonly problems: ReadonlyArray<string>
  /** From the first segment to the last comparison; 0 where nothing was restored. */
  readonly seconds: number
}

export interface ProveOptions {
  readonly place: Place
  readonly origin: Origin
  readonly identity: Identity | undefined
  /** The program of nats-server. */
  readonly binary: string
  /** A folder that is made, and gone afterwards. */
  readonly scratch: string
  /** Picks the older point: at least 0, less than 1. */
  readonly random: number
  readonly onProgress?: Listening["onProgress"]
}

const problemsMax = 20
/** The scratch server is thrown away: nothing waits for its disk. */
const scratchSyncMillis = 60_000

/** The newest point, and one of the others. */
const chosen = (points: ReadonlyArray<number>, random: number): ReadonlyArray<number> => {
  const sorted = points.toSorted((one, other) => other - one)
  const [newest, ...older] = sorted
  if (newest === undefined) return []
  const other = older[Math.floor(random * older.length)]
  return other === undefined ? [newest] : [newest, other]
}

const problemsOf = ({ damages, stores }: LogReport): ReadonlyArray<string> => [
  ...damages.map(({ from, key, message, to }) => `events ${from} to ${to ?? "the end"} (${key}): ${message}`),
  ...stores.flatMap(({ damage, store }) => (damage === null ? [] : [`${store}: ${damage}`])),
  ...stores.flatMap(({ bytes, store }) =>
    store === "keyring" && bytes === null ? ["keyring: expected one, found none"] : []
  )
]

const folder = (path: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      rmSync(path, { recursive: true, force: true })
      mkdirSync(path, { recursive: true, mode: 0o700 })
    }),
    () => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )

/** Puts the keyring of a place into a file; without it nothing can be read. */
const restoreKeyring = Effect.fnUntraced(function* (
  place: Place,
  account: string,
  identity: Identity,
  path: string
) {
  const bytes = yield* place.get(storeKey(account, "keyring"))
  if (bytes === undefined)
    return yield* Effect.fail({ _tag: "NoKeyring", message: "expected a keyring, found none" })
  yield* Effect.tryPromise({
    try: async () => {
      const { body, header } = unframe(bytes, StoreHeader)
      await writeFile(path, await unseal(body, identity, header.content.bytes), { mode: 0o600 })
    },
    catch: (cause) => ({
      _tag: "NoKeyring",
      message: `expected a keyring that the identity opens, found: ${cause instanceof Error ? cause.message : String(cause)}`
    })
  })
})

/** Whether the read models in a file were folded as this version folds. */
const isOfThisVersion = Effect.fnUntraced(function* (path: string) {
  const db = yield* openSqliteReadOnly(path)
  const models = yield* Effect.sync(() =>
    db.prepare<[], string>("select models from checkpoint").pluck().get()
  )
  return { same: models === fingerprintOf(readModels), digest: digest(db, readModels).whole }
}, Effect.scoped)

/** Checks and restores, with an identity. */
const restored = Effect.fnUntraced(function* (options: ProveOptions, identity: Identity) {
  const { binary, onProgress, origin, place, random, scratch } = options
  yield* folder(scratch)
  const began = yield* Clock.currentTimeMillis
  const keyring = join(scratch, "keyring.db")
  yield* restoreKeyring(place, origin.account, identity, keyring)
  const server = yield* startNatsServer({ binary, dataFolder: scratch, syncIntervalMs: scratchSyncMillis })
  const address = { url: server.url, user: server.user, password: Redacted.make(server.pass) }
  const base = yield* Layer.build(Layer.merge(Nats.layer(address, "verify"), sqliteKeyring(keyring)))
  const rebuilding = yield* Effect.flatMap(Nats, (nats) => beginLog(nats)).pipe(Effect.provideContext(base))
  const report = yield* verifyLog(place, origin, identity, {
    onEvents: rebuilding.add,
    ...(onProgress === undefined ? {} : { onProgress })
  })
  yield* rebuilding.finish(origin.generation, rebuilding.last())
  const log = yield* Effect.provideContext(Layer.build(jetStreamLog), base)
  const problems: Array<string> = []
  const points: Array<ProvenPoint> = []
  for (const at of chosen(yield* pointsAt(place, origin), random)) {
    const then = join(scratch, `then-${at}.db`)
    const checked = yield* Effect.result(checkPoint(place, origin, at, identity, then))
    if (checked._tag === "Failure") {
      if (checked.failure._tag === "PlaceFailed") return yield* checked.failure
      problems.push(`the point of ${new Date(at).toISOString()}: ${checked.failure.message}`)
      continue
    }
    const { sequence } = checked.success
    if (sequence > report.soundUpTo) {
      problems.push(
        `the point of ${new Date(at).toISOString()} stands for event ${sequence}, and only ${report.soundUpTo} can be restored`
      )
      continue
    }
    const copied = yield* isOfThisVersion(then)
    if (!copied.same) {
      points.push({ at, sequence, same: null })
      continue
    }
    const folded = yield* foldInto({ file: join(scratch, `again-${at}.db`), until: sequence }).pipe(
      Effect.provideContext(log)
    )
    const same = folded.digest.whole === copied.digest
    points.push({ at, sequence, same })
    if (!same)
      problems.push(
        `the read models of ${new Date(at).toISOString()} are not what folding events 1 to ${sequence} gives`
      )
  }
  const seconds = ((yield* Clock.currentTimeMillis) - began) / 1_000
  return { report, points, problems, seconds }
}, Effect.scoped)

/** Checks without an identity: everything as it is, encrypted. */
const checked = Effect.fnUntraced(function* ({ onProgress, origin, place, random, scratch }: ProveOptions) {
  const report = yield* verifyLog(place, origin, undefined, onProgress === undefined ? {} : { onProgress })
  const problems: Array<string> = []
  const points: Array<ProvenPoint> = []
  for (const at of chosen(yield* pointsAt(place, origin), random)) {
    const found = yield* Effect.result(checkPoint(place, origin, at, undefined, scratch))
    if (found._tag === "Success") points.push({ at, sequence: found.success.sequence, same: null })
    else if (found.failure._tag === "PlaceFailed") return yield* found.failure
    else problems.push(`the point of ${new Date(at).toISOString()}: ${found.failure.message}`)
  }
  return { report, points, problems, seconds: 0 }
})

/**
 * Proves what a place is worth. Fails where the place cannot be asked; damage is among the problems.
 *
 * @example
 * const { problems, seconds } = yield* prove({ place, origin, identity, binary, scratch: "/tmp/verify", random: 0.5 })
 */
export const prove = Effect.fn("prove")(function* (options: ProveOptions) {
  const { identity } = options
  const found = yield* identity === undefined ? checked(options) : restored(options, identity)
  return {
    ...found,
    problems: [...problemsOf(found.report), ...found.problems].slice(0, problemsMax)
  } satisfies Proven
})
