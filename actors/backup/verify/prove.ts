/**
 * Proving that a place gives back what it should: everything that it holds is checked, restored into a server of its
 * own and folded again, up to the newest point and up to an older one, and compared with the read models that were
 * copied then. Without an identity it is checked as it is, encrypted.
 */
import { join } from "node:path"
import { Clock, Effect, Layer, Redacted } from "effect"
import { ensureRoom } from "../../../infra/disk/room.ts"
import { jetStreamLog } from "../../../infra/event-log/jetstream-log.ts"
import type { LogUnavailable } from "../../../infra/event-log/event-log.ts"
import { beginLog } from "../../../infra/event-log/rebuild-log.ts"
import { copiedKeyring } from "../../../infra/keyring/sqlite-keyring.ts"
import { Nats } from "../../../infra/nats/connection.ts"
import { startNatsServer } from "../../../infra/nats-server/start.ts"
import { openSqliteReadOnly } from "../../../infra/sqlite/open.ts"
import { readModels } from "../../../projections/catalogue.ts"
import { discard } from "../../../projections/database.ts"
import { digest } from "../../../projections/digest.ts"
import { fingerprintOf } from "../../../projections/read-model.ts"
import { foldAnew } from "../../../projections/rebuild.ts"
import type { Place } from "../places/place.ts"
import { readModelFile } from "../points/make-point.ts"
import type { Point } from "../points/point.ts"
import { pointOf, pointsAt } from "../points/prune.ts"
import { readStore } from "../restore/read-store.ts"
import type { LogRecord } from "../segment/messages.ts"
import type { Identity } from "../segment/seal.ts"
import { openSegment, type Origin } from "../segment/segment.ts"
import { segmentsOf } from "../ship/keys.ts"
import { segmentAt, segmentsHeld } from "../ship/tail.ts"
import { checkPoint } from "./check-point.ts"
import { holdScratch } from "./scratch.ts"
import { type Listening, type LogReport, storeProblems, verifyLog } from "./verify.ts"

export interface ProvenPoint {
  readonly at: number
  readonly sequence: number
  /** Whether folding gave what was copied; null where it was not folded, or by another version. */
  readonly same: boolean | null
}

/** What came of the identity: none was given, it opens what was copied, or all of that is for others. */
export type Opening = "none" | "opens" | "others"

export interface Proven {
  readonly report: LogReport
  readonly opening: Opening
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
  /** A folder that is made, and gone afterwards; no keys are ever in it. */
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

const eventsOf = (from: number, to: number | null): string =>
  from === to ? `event ${from}` : `events ${from} to ${to ?? "the end"}`

const problemsOf = ({ damages, stores }: LogReport): ReadonlyArray<string> => [
  ...damages.map(({ from, key, message, to }) => `${eventsOf(from, to)} (${key}): ${message}`),
  ...storeProblems(stores)
]

/** The digest of the read models in a file; `undefined` where another version folded them, which may have other tables. */
const digestOf = Effect.fnUntraced(function* (path: string) {
  const db = yield* openSqliteReadOnly(path)
  return yield* Effect.sync(() => {
    const models = db.prepare<[], string>("select models from checkpoint").pluck().get()
    return models === fingerprintOf(readModels) ? digest(db, readModels).whole : undefined
  })
}, Effect.scoped)

/** What came of comparing a point. */
type Compared = Pick<Proven, "points" | "problems">

/** The read models as the live projector folds them: what it set aside then is set aside here, too. */
const foldAgain = (file: string, until: number) =>
  foldAnew(
    { file, models: readModels, mode: "live", until, onCommit: () => undefined },
    (db) => digest(db, readModels).whole
  )

/** What a point says of its read models: as much as the copy takes, and as what is folded again does, about. */
const readModelBytes = ({ files }: Point): number =>
  files.find(({ path }) => path === readModelFile)?.content.bytes ?? 0

/** Holds a point against what folding the restored log up to it gives. */
const comparePoint = Effect.fnUntraced(function* (
  { identity, origin, place, scratch }: ProveOptions & { readonly identity: Identity },
  at: number,
  soundUpTo: number
) {
  const moment = new Date(at).toISOString()
  const none = (problem: string): Compared => ({ points: [], problems: [problem] })
  const then = join(scratch, `then-${at}.db`)
  const again = join(scratch, `again-${at}.db`)
  yield* Effect.addFinalizer(() => Effect.sync(() => [then, again].forEach(discard)))
  const checked = yield* Effect.result(
    Effect.gen(function* () {
      const point = yield* pointOf(place, origin, at)
      yield* ensureRoom(scratch, 2 * readModelBytes(point), `open and fold again the point of ${moment}`)
      yield* checkPoint(place, origin, point, { identity, readModels: then })
      return point
    })
  )
  if (checked._tag === "Failure") {
    if (checked.failure._tag !== "Damaged") return yield* checked.failure
    return none(`the point of ${moment}: ${checked.failure.message}`)
  }
  const { sequence } = checked.success
  if (sequence > soundUpTo)
    return none(`the point of ${moment} stands for event ${sequence}, and only ${soundUpTo} can be restored`)
  const copied = yield* digestOf(then)
  const result = (same: boolean | null, problems: ReadonlyArray<string> = []): Compared => ({
    points: [{ at, sequence, same }],
    problems
  })
  if (copied === undefined) return result(null)
  return (yield* foldAgain(again, sequence)) === copied
    ? result(true)
    : result(false, [`the read models of ${moment} are not what folding events 1 to ${sequence} gives`])
}, Effect.scoped)

const restoreTheLog = "restore the log"

/** Stores the events of a segment, where they fit. */
const storing =
  (scratch: string, add: (events: ReadonlyArray<LogRecord>) => Effect.Effect<void, LogUnavailable>) =>
  (events: ReadonlyArray<LogRecord>) =>
    Effect.andThen(
      ensureRoom(
        scratch,
        events.reduce((sum, { data, headers }) => sum + data.length + headers.length, 0),
        restoreTheLog
      ),
      add(events)
    )

/** Checks and restores, with an identity and the keyring that it opened. */
const restored = Effect.fnUntraced(function* (options: ProveOptions, identity: Identity, keyring: Buffer) {
  const { binary, onProgress, origin, place, random, scratch } = options
  yield* holdScratch(scratch)
  // As it is stored at the place, it is packed: what it comes to is seen segment by segment.
  const packed = (yield* place.list(segmentsOf(origin))).reduce((sum, { bytes }) => sum + bytes, 0)
  yield* ensureRoom(scratch, packed, restoreTheLog)
  const began = yield* Clock.currentTimeMillis
  const server = yield* startNatsServer({ binary, dataFolder: scratch, syncIntervalMs: scratchSyncMillis })
  const address = { url: server.url, user: server.user, password: Redacted.make(server.pass) }
  const base = yield* Layer.build(Layer.merge(Nats.layer(address, "verify"), copiedKeyring(keyring)))
  const rebuilding = yield* Effect.flatMap(Nats, (nats) => beginLog(nats)).pipe(Effect.provideContext(base))
  const report = yield* verifyLog(place, origin, identity, {
    onEvents: storing(scratch, rebuilding.add),
    ...(onProgress === undefined ? {} : { onProgress })
  })
  yield* rebuilding.finish(origin.generation, rebuilding.last())
  const log = yield* Effect.provideContext(Layer.build(jetStreamLog), base)
  const compared = yield* Effect.forEach(chosen(yield* pointsAt(place, origin), random), (at) =>
    Effect.provideContext(comparePoint({ ...options, identity }, at, report.soundUpTo), log)
  )
  const seconds = ((yield* Clock.currentTimeMillis) - began) / 1_000
  return {
    report,
    points: compared.flatMap(({ points }) => points),
    problems: compared.flatMap(({ problems }) => problems),
    seconds
  }
}, Effect.scoped)

/** Checks and restores nothing: everything as it is, encrypted, or what an identity opens without the keyring. */
const checked = Effect.fnUntraced(function* (options: ProveOptions) {
  const { identity, onProgress, origin, place, random } = options
  const report = yield* verifyLog(place, origin, identity, onProgress === undefined ? {} : { onProgress })
  const problems: Array<string> = []
  const points: Array<ProvenPoint> = []
  for (const at of chosen(yield* pointsAt(place, origin), random)) {
    const found = yield* Effect.result(
      Effect.tap(pointOf(place, origin, at), (point) => checkPoint(place, origin, point))
    )
    if (found._tag === "Success") points.push({ at, sequence: found.success.sequence, same: null })
    else if (found.failure._tag === "PlaceFailed") return yield* found.failure
    else problems.push(`the point of ${new Date(at).toISOString()}: ${found.failure.message}`)
  }
  return { report, points, problems, seconds: 0 }
})

/** The keyring as it is at the place; damaged, it is named by the report. */
const keyringAt = ({ origin, place }: ProveOptions, identity: Identity) =>
  Effect.catchTag(readStore(place, origin.account, "keyring", identity), "Damaged", (damage) =>
    Effect.succeed(damage)
  )

/** Whether the last segment is whole, and does not open: with a keyring of which that is so, too, it is the identity. */
const isForOthers = Effect.fnUntraced(function* ({ origin, place }: ProveOptions, identity: Identity) {
  const last = (yield* segmentsHeld(place, origin)).at(-1)
  const opening = Effect.gen(function* () {
    const segment = last === undefined ? undefined : yield* segmentAt(place, origin, last)
    if (segment !== undefined) yield* openSegment(segment, identity)
    return false
  })
  return yield* Effect.catchTag(opening, "Damaged", ({ part }) => Effect.succeed(part === "content"))
})

const found = Effect.fnUntraced(function* (options: ProveOptions) {
  const { identity } = options
  if (identity === undefined) return { ...(yield* checked(options)), opening: "none" as const }
  const keyring = yield* keyringAt(options, identity)
  if (Buffer.isBuffer(keyring))
    return { ...(yield* restored(options, identity, keyring)), opening: "opens" as const }
  if (keyring?.part !== "content" || !(yield* isForOthers(options, identity)))
    return { ...(yield* checked(options)), opening: "opens" as const }
  const asItIs = yield* checked({ ...options, identity: undefined })
  const problems = [
    "the identity that is set opens nothing here: it was copied for others",
    ...asItIs.problems
  ]
  return { ...asItIs, problems, opening: "others" as const }
})

/**
 * Proves what a place is worth. Fails where the place cannot be asked; damage is among the problems.
 *
 * @example
 * const { problems, seconds } = yield* prove({ place, origin, identity, binary, scratch: "/tmp/verify", random: 0.5 })
 */
export const prove = Effect.fn("prove")(function* (options: ProveOptions) {
  const proven = yield* found(options)
  return {
    ...proven,
    problems: [...problemsOf(proven.report), ...proven.problems].slice(0, problemsMax)
  } satisfies Proven
})
