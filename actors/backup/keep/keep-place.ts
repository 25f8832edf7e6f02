/**
 * What is done at a place beside shipping: once an hour small segments are joined, a point is made, and points that no
 * rule keeps are deleted; every night it is checked and scrubbed. One after the other, and nothing of it keeps the log
 * from being shipped.
 */
import { Clock, Effect, type Latch, Schedule, type Semaphore, Stream } from "effect"
import type { TimeZone } from "effect/DateTime"
import {
  type BackupScrubbed,
  type BackupVerified,
  type KeepStep,
  type KeepTask,
  keepStepWords
} from "../../../contracts/backup.ts"
import type { EventLogService } from "../../../infra/event-log/event-log.ts"
import type { RawLogService } from "../../../infra/event-log/raw-log.ts"
import type { Place } from "../places/place.ts"
import { makePoint, type MadePoint } from "../points/make-point.ts"
import { prune, type Pruned } from "../points/prune.ts"
import type { SeenParts } from "../points/store-file.ts"
import type { Policy } from "../retention/retain.ts"
import type { Packing, Recipient } from "../segment/seal.ts"
import type { Origin } from "../segment/segment.ts"
import { elapsedMillis } from "../ship/elapsed.ts"
import { joinSegments } from "../ship/join-segments.ts"
import type { PlaceStatus } from "../ship/status.ts"
import type { Kept } from "../state.ts"
import { problemsMax } from "../verify/scrub.ts"
import { scrubPoints } from "../verify/scrub-points.ts"
import { type ClockHeld, lookAtClock } from "./clock-held.ts"
import { againAfter, isNightTask, nextHour, unprovenSince } from "./due.ts"

type About = "place" | "generation" | "at"
export type Proof = Omit<Parameters<typeof BackupVerified>[0], About>
export type Scrubbed = Omit<Parameters<typeof BackupScrubbed>[0], About>

/** Something was tried at a place and did not succeed; it is tried again. */
export interface KeepFailed {
  readonly _tag: string
  readonly message: string
}

/** What a place is asked to do now, and what those share who change its points: who is at it, and whether time is known. */
export interface Asked {
  readonly tasks: Set<KeepTask>
  readonly some: Latch.Latch
  readonly alone: Semaphore.Semaphore
  readonly clockHeld: ClockHeld
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
  /** Is told of a step that fails, and why, or works again. */
  readonly onKeeping: (step: KeepStep, reason: string | null) => Effect.Effect<void, E>
  readonly onPoint: (made: MadePoint) => Effect.Effect<void, E>
  readonly onPruned: (pruned: Pruned) => Effect.Effect<void, E>
  readonly onVerified: (proof: Proof) => Effect.Effect<void, E>
  readonly onUnverified: (since: number) => Effect.Effect<void, E>
  readonly onScrubbed: (scrubbed: Scrubbed) => Effect.Effect<void, E>
}

/** How often it is looked whether something is due. */
const lookEverySeconds = 30
const shippedLookMillis = 100
/** A step that fails so often in a row is said to: once may be any disturbance. */
const failuresSaid = 2

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

/** Nothing is deleted, though the rules would have it. */
const withheld = (reason: string): Effect.Effect<never, KeepFailed> =>
  Effect.fail({ _tag: "PruneWithheld", message: `nothing is deleted: ${reason}` })

/** Steps that are tried again later where they do not succeed; what keeps them from it is in sight. */
const makeAttempts = <E>({ known, onKeeping, status }: Keeping<E>) => {
  const failing = new Map<KeepStep, { readonly message: string; readonly times: number }>()
  const show = () => {
    const shown = [...failing].map(([step, { message }]) => `${keepStepWords[step]}: ${message}`)
    status.keeping = shown.length === 0 ? null : shown.join("; ")
  }
  const isSaid = (step: KeepStep) => known().failing?.includes(step) === true

  const fails = Effect.fnUntraced(function* (step: KeepStep, message: string) {
    const times = (failing.get(step)?.times ?? 0) + 1
    failing.set(step, { message, times })
    show()
    yield* Effect.logError("a place for backups is not kept as it should be", { step, error: message })
    if (times >= failuresSaid && !isSaid(step)) yield* onKeeping(step, message)
  })
  const works = Effect.fnUntraced(function* (step: KeepStep) {
    failing.delete(step)
    show()
    if (isSaid(step)) yield* onKeeping(step, null)
  })

  return {
    /** Answers with `undefined` where it does not succeed. */
    attempt: <A>(step: KeepStep, work: Effect.Effect<A, KeepFailed>): Effect.Effect<A | undefined, E> =>
      Effect.flatMap(Effect.result(work), (done) =>
        done._tag === "Success"
          ? Effect.as(works(step), done.success)
          : Effect.as(fails(step, done.failure.message), undefined)
      ),
    /** How often a step has failed in a row. */
    failures: (step: KeepStep): number => failing.get(step)?.times ?? 0
  }
}

/** Keeps a place until the scope closes. */
export const keepPlace = Effect.fn("keepPlace")(function* <E>(
  keeping: Keeping<E>
): Effect.fn.Return<never, E> {
  const { asked, dataFolder, known, log, origin, packing, place, policy, raw, recipients, status, zone } =
    keeping
  const { attempt, failures } = makeAttempts(keeping)
  const seen: SeenParts = new Map()

  const point = Effect.gen(function* () {
    const shipped = (sequence: number) => untilShipped(status, sequence)
    const made = yield* attempt(
      "point",
      makePoint(place, { dataFolder, origin, sealing: { recipients, packing }, seen, shipped })
    )
    if (made !== undefined) yield* keeping.onPoint(made)
  })

  const pruneNow = Effect.gen(function* () {
    const clockHeld = yield* lookAtClock(asked.clockHeld)
    const lastGood = known().good?.point
    const options = { policy, zone, lastGood, clockHeld, dryRun: false, damaged: false }
    const pruned = yield* prune(place, origin, options)
    if (pruned.withheld !== null) return yield* withheld(pruned.withheld)
    return pruned
  })

  const hourly = Effect.gen(function* () {
    yield* attempt("join", joinSegments(place, origin, raw, recipients))
    yield* point
    const pruned = yield* attempt("prune", pruneNow)
    if (pruned !== undefined && pruned.drop.length > 0) yield* keeping.onPruned(pruned)
  })

  const verify = Effect.gen(function* () {
    const proof = yield* attempt("verify", keeping.verify)
    if (proof === undefined) return
    // What is damaged may be a part, whatever was seen of it.
    if (proof.problems.length > 0) seen.clear()
    yield* keeping.onVerified(proof)
  })

  const scrub = Effect.fnUntraced(function* (isAsked: boolean) {
    // Nightly the parts of older points are not read: that would cost as much as all of the copies together.
    const points = scrubPoints(place, origin, isAsked ? "all" : "newest")
    const done = yield* attempt("scrub", Effect.all([keeping.scrub, points]))
    // With the fact that it was scrubbed, which is shipped as any other, they are stored again.
    status.recheckStores = true
    if (done === undefined) return
    const [scrubbed, broken] = done
    const problems = [...scrubbed.problems, ...broken.map(({ problem }) => problem)].slice(0, problemsMax)
    yield* keeping.onScrubbed({ ...scrubbed, problems })
    if (broken.length > 0) seen.clear()
    // What the newest lacks is stored again with another one.
    if (broken.some(({ at }) => at === known().point?.at)) yield* point
  })

  const sayUnverified = Effect.gen(function* () {
    const since = unprovenSince(known(), yield* Clock.currentTimeMillis)
    if (since !== undefined) yield* keeping.onUnverified(since)
  })

  /** When tasks ended, by a time that only ever goes on. */
  const ended = new Map<KeepTask, number>()

  const isTime = Effect.fnUntraced(function* (task: KeepTask) {
    const before = ended.get(task)
    if (before !== undefined && (yield* elapsedMillis) - before < againAfter(task, failures(task)))
      return false
    const now = yield* Clock.currentTimeMillis
    const { point: last, scrubbed, verified } = known()
    if (task === "verify") return isNightTask(known(), verified?.at, now, zone)
    if (task === "scrub") return isNightTask(known(), scrubbed?.at, now, zone)
    if (last !== undefined && now >= last.at && now < nextHour(last.at)) return false
    return yield* Effect.orElseSucceed(anythingSince(log, last?.sequence ?? 0), () => false)
  })

  const ifDue = Effect.fnUntraced(function* (
    task: KeepTask,
    work: (isAsked: boolean) => Effect.Effect<void, E>
  ) {
    const isAsked = asked.tasks.delete(task)
    if (!isAsked && !(yield* isTime(task))) return
    yield* work(isAsked)
    ended.set(task, yield* elapsedMillis)
  })

  const round = Effect.gen(function* () {
    yield* lookAtClock(asked.clockHeld)
    yield* ifDue("point", () => hourly)
    yield* ifDue("verify", () => verify)
    yield* ifDue("scrub", scrub)
    yield* sayUnverified
  })

  while (true) {
    if (status.state === "shipping") yield* asked.alone.withPermits(1)(round)
    if (asked.tasks.size === 0) asked.some.closeUnsafe()
    yield* Effect.raceFirst(asked.some.await, Effect.sleep(`${lookEverySeconds} seconds`))
    if (status.state !== "shipping") yield* Effect.sleep(`${shippedLookMillis} millis`)
  }
})
