/**
 * What is done at a place beside shipping: once an hour small segments are joined, a point is made, and points that no
 * rule keeps are deleted; every night it is checked and scrubbed. One after the other, and nothing of it keeps the log
 * from being shipped.
 */
import { Clock, Effect, type Latch, Schedule, type Semaphore, Stream } from "effect"
import type { TimeZone } from "effect/DateTime"
import type { BackupScrubbed, BackupVerified, KeepTask } from "../../../contracts/backup.ts"
import type { EventLogService } from "../../../infra/event-log/event-log.ts"
import type { RawLogService } from "../../../infra/event-log/raw-log.ts"
import type { Place } from "../places/place.ts"
import { makePoint, type MadePoint } from "../points/make-point.ts"
import { prune, type Pruned } from "../points/prune.ts"
import type { Policy } from "../retention/retain.ts"
import type { Packing, Recipient } from "../segment/seal.ts"
import type { Origin } from "../segment/segment.ts"
import { joinSegments } from "../ship/join-segments.ts"
import type { PlaceStatus } from "../ship/status.ts"
import type { Kept } from "../state.ts"
import { makeClockHeld } from "./clock-held.ts"
import { nextHour, nightSince, unprovenSince } from "./due.ts"

type About = "place" | "generation" | "at"
export type Proof = Omit<Parameters<typeof BackupVerified>[0], About>
export type Scrubbed = Omit<Parameters<typeof BackupScrubbed>[0], About>

/** Something was tried at a place and did not succeed; it is tried again. */
export interface KeepFailed {
  readonly _tag: string
  readonly message: string
}

/** What a place is asked to do now, and what keeps two who change its points apart. */
export interface Asked {
  readonly tasks: Set<KeepTask>
  readonly some: Latch.Latch
  readonly alone: Semaphore.Semaphore
}

export interface Keeping<E> {
  readonly place: Place
  readonly dataFolder: string
  readonly origin: Origin
  readonly recipients: ReadonlyArray<Recipient>
  /** How points are made small. */
  readonly packing: Packing
  readonly policy: Policy
  readonly zone: TimeZone
  readonly log: Pick<EventLogService, "read" | "last">
  readonly raw: RawLogService
  readonly status: PlaceStatus
  readonly known: () => Kept
  readonly asked: Asked
  /** Checks the place, and restores it where it can be opened. */
  readonly verify: Effect.Effect<Proof, KeepFailed>
  readonly scrub: Effect.Effect<Scrubbed, KeepFailed>
  readonly onPoint: (made: MadePoint) => Effect.Effect<void, E>
  readonly onPruned: (pruned: Pruned) => Effect.Effect<void, E>
  readonly onVerified: (proof: Proof) => Effect.Effect<void, E>
  readonly onUnverified: (since: number) => Effect.Effect<void, E>
  readonly onScrubbed: (scrubbed: Scrubbed) => Effect.Effect<void, E>
}

/** How often it is looked whether something is due. */
const lookEverySeconds = 30
const shippedLookMillis = 100
/** How long it is waited before something that did not succeed is tried again. */
const againMillis = 5 * 60_000

const untilShipped = (status: PlaceStatus, sequence: number) =>
  Effect.suspend(() => ((status.upTo ?? -1) >= sequence ? Effect.void : Effect.fail("not yet"))).pipe(
    Effect.retry(Schedule.spaced(`${shippedLookMillis} millis`)),
    Effect.orDie
  )

/** Whether anything but what is said of backups happened behind an event. */
const anythingSince = Effect.fnUntraced(function* (log: Keeping<never>["log"], sequence: number) {
  const last = yield* log.last
  if (last <= sequence) return false
  const found = yield* log.read({ from: sequence + 1, batchMax: 100 }).pipe(
    Stream.map(({ events, upTo }) => ({
      other: events.some(({ type }) => type === "unreadable" || !type.startsWith("backup.")),
      upTo
    })),
    Stream.filter(({ other, upTo }) => other || upTo >= last),
    Stream.runHead
  )
  return found._tag === "Some" && found.value.other
})

/** One step that is tried again later where it does not succeed; what keeps it is in sight. */
const attempt = <A>(status: PlaceStatus, what: string, step: Effect.Effect<A, KeepFailed>) =>
  step.pipe(
    Effect.tap(() =>
      Effect.sync(() => {
        if (status.keeping?.startsWith(what) === true) status.keeping = null
      })
    ),
    Effect.catch((error) => {
      status.keeping = `${what}: ${error.message}`
      return Effect.as(
        Effect.logError("a place for backups is not kept as it should be", { what, error: error.message }),
        undefined
      )
    })
  )

/** Keeps a place until the scope closes. */
export const keepPlace = Effect.fn("keepPlace")(function* <E>(
  keeping: Keeping<E>
): Effect.fn.Return<never, E> {
  const { asked, dataFolder, known, log, origin, packing, place, policy, raw, recipients, status, zone } =
    keeping
  const clockHeld = makeClockHeld()
  const parts = new Set<string>()

  const pruneNow = Effect.gen(function* () {
    const held = clockHeld(
      yield* Clock.currentTimeMillis,
      Number((yield* Clock.monotonicTimeNanos) / 1_000_000n)
    )
    const lastGood = known().good?.point
    const pruned = yield* prune(place, origin, { policy, zone, lastGood, clockHeld: held, dryRun: false })
    // What is gone is no longer there to be used again.
    if (pruned.parts > 0) parts.clear()
    return pruned
  })

  const hourly = Effect.gen(function* () {
    yield* attempt(status, "joining segments", joinSegments(place, origin, raw, recipients))
    const shipped = (sequence: number) => untilShipped(status, sequence)
    const made = yield* attempt(
      status,
      "making a point",
      makePoint(place, { dataFolder, origin, sealing: { recipients, packing }, known: parts, shipped })
    )
    if (made !== undefined) yield* keeping.onPoint(made)
    const pruned = yield* attempt(status, "deleting older points", pruneNow)
    if (pruned !== undefined && pruned.drop.length > 0) yield* keeping.onPruned(pruned)
  })

  const verify = Effect.gen(function* () {
    const proof = yield* attempt(status, "checking", keeping.verify)
    if (proof !== undefined) yield* keeping.onVerified(proof)
  })

  const scrub = Effect.gen(function* () {
    const scrubbed = yield* attempt(status, "scrubbing", keeping.scrub)
    // With the fact that it was scrubbed, which is shipped as any other, they are stored again.
    status.recheckStores = true
    if (scrubbed !== undefined) yield* keeping.onScrubbed(scrubbed)
  })

  const sayUnverified = Effect.gen(function* () {
    const since = unprovenSince(known(), yield* Clock.currentTimeMillis)
    if (since !== undefined) yield* keeping.onUnverified(since)
  })

  const tried = new Map<KeepTask, number>()

  const isDue = Effect.fnUntraced(function* (task: KeepTask) {
    const elapsed = Number((yield* Clock.monotonicTimeNanos) / 1_000_000n)
    const before = tried.get(task)
    const due =
      asked.tasks.delete(task) ||
      (!(before !== undefined && elapsed - before < againMillis) && (yield* isTime(task)))
    if (due) tried.set(task, elapsed)
    return due
  })

  const isTime = Effect.fnUntraced(function* (task: KeepTask) {
    const now = yield* Clock.currentTimeMillis
    const { point, scrubbed, verified } = known()
    if (task === "verify") return point !== undefined && nightSince(verified?.at, now, zone)
    if (task === "scrub") return point !== undefined && nightSince(scrubbed?.at, now, zone)
    if (point !== undefined && now >= point.at && now < nextHour(point.at)) return false
    return yield* Effect.orElseSucceed(anythingSince(log, point?.sequence ?? 0), () => false)
  })

  const round = Effect.gen(function* () {
    if (yield* isDue("point")) yield* hourly
    if (yield* isDue("verify")) yield* verify
    if (yield* isDue("scrub")) yield* scrub
    yield* sayUnverified
  })

  while (true) {
    if (status.state === "shipping") yield* asked.alone.withPermits(1)(round)
    if (asked.tasks.size === 0) asked.some.closeUnsafe()
    yield* Effect.raceFirst(asked.some.await, Effect.sleep(`${lookEverySeconds} seconds`))
    if (status.state !== "shipping") yield* Effect.sleep(`${shippedLookMillis} millis`)
  }
})
