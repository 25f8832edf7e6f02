/** Single occurrences: fired now, left out, made up for, shown beforehand. */
import { Clock, Effect } from "effect"
import type { Payload } from "../../contracts/command.ts"
import type { Fact } from "../../contracts/event.ts"
import {
  BackfillJob,
  backfilledMax,
  FireJob,
  PreviewTiming,
  SkipJob
} from "../../contracts/schedule-commands.ts"
import { answer, type Caused, type Reason, type Self } from "../../infra/actor/process-manager.ts"
import type { StateReader } from "../../infra/actor/state.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { type Firing, firing, type firePublishes, replanning, skipping } from "./fire.ts"
import { knownJob, refused } from "./job-commands.ts"
import { fired, type FiredNow, firedNow, type Job, jobs, type Millis, occurrenceKey } from "./model.ts"
import { momentsAfter, nextUnfired, timingProblem, unfired } from "./times.ts"
import { ZoneData, type Zones } from "./zone-data.ts"

type Answered = Firing | Fact<(typeof firePublishes)[number]>

/** The moment itself, or the next millisecond at which nothing of the job has fired. */
const freeMoment = (state: StateReader, job: Job, moment: Millis): Millis =>
  state.get(fired, occurrenceKey(job.job, moment)) === undefined ? moment : freeMoment(state, job, moment + 1)

/** What came of a request to fire a job now, where it is one of the last. */
const firedBy = (state: StateReader, { job }: Job, request: string): FiredNow | undefined =>
  state.walk(firedNow, `${job}/`).find(([, it]) => it.request === request)?.[1]

const fire = answer(
  FireJob,
  ({ job }) => job,
  Effect.fnUntraced(function* (payload: Payload<typeof FireJob>, self: Self<Answered>, reason: Reason) {
    const job = yield* knownJob(self.state, FireJob, payload.job)
    const { generation } = self
    // A request that is asked again, because its answer was lost, fires once.
    const before = firedBy(self.state, job, reason.cause)
    if (before !== undefined) {
      const { messages, named, planned } = before
      return { generation, sequence: 0, planned, messages, named }
    }
    if (job.status === "cancelled") return yield* refused(FireJob, "already-done", "it was cancelled")
    const at = yield* Clock.currentTimeMillis
    const planned = freeMoment(self.state, job, at)
    const occurrence = { planned, at, why: "asked", next: job.next } as const
    const facts = firing(self.state, yield* Keyring, job, occurrence, yield* ZoneData)
    const { sequence } = yield* self.appendEach(reason, facts)
    // What follows the first of them is for another actor.
    yield* self.folded(sequence - facts.length + 1)
    const { messages = 0, named = [] } = firedBy(self.state, job, reason.cause) ?? {}
    return { generation, sequence, planned, messages, named }
  })
)

/** A job as it is by the zones of now, which it may not have been planned with yet. */
const plannedNow = Effect.fnUntraced(function* (
  self: Self<Answered>,
  reason: Reason,
  job: Job,
  zones: Zones
) {
  const { next } = job
  if (job.zones === zones.version || job.status !== "active" || next === null) return job
  const { sequence } = yield* self.appendEach(reason, replanning(self.state, { ...job, next }, zones))
  yield* self.folded(sequence)
  return self.state.get(jobs, job.job) ?? job
})

const skip = answer(
  SkipJob,
  ({ job }) => job,
  Effect.fnUntraced(function* (payload: Payload<typeof SkipJob>, self: Self<Answered>, reason: Reason) {
    const zones = yield* ZoneData
    const job = yield* plannedNow(self, reason, yield* knownJob(self.state, SkipJob, payload.job), zones)
    const { planned = job.next } = payload
    if (job.next === null || planned === null || job.status === "cancelled")
      return yield* refused(SkipJob, "already-done", "it has no occurrence that is still to come")
    if (self.state.get(fired, occurrenceKey(job.job, planned)) !== undefined)
      return yield* refused(
        SkipJob,
        "already-left",
        "it has fired: cancel the job to call off what waits of it"
      )
    if (planned !== job.next)
      return yield* refused(
        SkipJob,
        "changed",
        `expected the next occurrence, which is at ${new Date(job.next).toISOString()}, found ${new Date(planned).toISOString()}`
      )
    const next = nextUnfired(self.state, job, planned, zones)
    const why = { reason: "requested", by: payload.by } as const
    const facts = skipping(self.state, job, planned, next, why, zones)
    const { sequence } = yield* self.appendEach(reason, facts)
    yield* self.folded(sequence)
    return { generation: self.generation, sequence, skipped: planned, next }
  })
)

/** Moments of a job between two, the first included, that nothing fired at: under whichever zones it did. */
const unfiredBetween = (
  state: StateReader,
  { job, timing }: Job,
  from: Millis,
  until: Millis,
  zones: Zones
): ReadonlyArray<Millis> => {
  const done = new Set(state.walk(fired, `${job}/`).map(([, local]) => local))
  const found: Array<Millis> = []
  for (const { at, local } of unfired(state, { job, timing }, from - 1, zones)) {
    if (at >= until || found.length >= backfilledMax) break
    if (local === undefined || !done.has(local)) found.push(at)
  }
  return found
}

const backfill = answer(
  BackfillJob,
  ({ job }) => job,
  Effect.fnUntraced(function* (payload: Payload<typeof BackfillJob>, self: Self<Answered>, reason: Reason) {
    const job = yield* knownJob(self.state, BackfillJob, payload.job)
    if (job.status === "cancelled") return yield* refused(BackfillJob, "already-done", "it was cancelled")
    const at = yield* Clock.currentTimeMillis
    // What is due and has not fired yet is the clock's.
    const until = Math.min(payload.until, at, job.next ?? at)
    const keyring = yield* Keyring
    const zones = yield* ZoneData
    const moments = unfiredBetween(self.state, job, payload.from, until, zones)
    const facts: ReadonlyArray<Caused<Firing>> = moments.flatMap((planned) =>
      firing(self.state, keyring, job, { planned, at, why: "backfill", next: job.next }, zones, 0)
    )
    const [first, ...more] = facts
    if (first === undefined) return { generation: self.generation, sequence: 0, fired: 0 }
    const { sequence } = yield* self.appendEach(reason, [first, ...more])
    yield* self.folded(sequence)
    return { generation: self.generation, sequence, fired: facts.length }
  })
)

const preview = answer(
  PreviewTiming,
  () => "preview",
  Effect.fnUntraced(function* ({ count, from, timing }: Payload<typeof PreviewTiming>, self: Self<Answered>) {
    const zones = yield* ZoneData
    const problem = timingProblem(timing, zones)
    if (problem !== undefined) return yield* refused(PreviewTiming, "invalid", problem)
    const occurrences = momentsAfter(timing, from - 1, count, zones)
    return { generation: self.generation, sequence: 0, occurrences }
  })
)

export const occurrenceAnswers = [fire, skip, backfill, preview]
