/**
 * Firing what is due: many jobs in each commit, each with the first of its messages. Every fact of a job expects the
 * job to be as it was read, so that who changes or cancels it at the same moment comes before all of this or after.
 */
import { Clock, Effect, Result } from "effect"
import type { JobId } from "../../contracts/ids.ts"
import {
  type FiredWhy,
  JobCompleted,
  JobReplanned,
  occurrenceCause,
  OccurrenceFired,
  OccurrencesMissed,
  OccurrenceSkipped
} from "../../contracts/schedule.ts"
import type { OutboxQueued } from "../../contracts/outbox.ts"
import type { Fact } from "../../contracts/event.ts"
import type { Caused, Self } from "../../infra/actor/process-manager.ts"
import type { StateReader, Work } from "../../infra/actor/state.ts"
import { Keyring, type KeyringService } from "../../infra/keyring/keyring.ts"
import { makeCommits } from "./commits.ts"
import { sayOccurrence } from "./dealt-with.ts"
import { lateLimit, plan } from "./decide.ts"
import { due, type Job, jobs, type Millis, momentIn } from "./model.ts"
import { messagesOf } from "./messages-of.ts"
import { isOpen, isSendingItsOwn } from "./open.ts"
import { resolveRecipients } from "./resolve-recipients.ts"
import { nextUnfired, replannedNext } from "./times.ts"
import { ZoneData, type Zones } from "./zone-data.ts"

export const firePublishes = [
  OccurrenceFired,
  OccurrenceSkipped,
  OccurrencesMissed,
  JobCompleted,
  JobReplanned
] as const

export type Firing = Fact<(typeof firePublishes)[number] | typeof OutboxQueued>

/** Jobs, and facts about them, that fire in one piece of work: what is said of them is folded before the next. */
const jobsAtOnce = 1_000
const factsAtOnce = 2_000
/** Messages that are queued in one commit with the firing of their occurrence, or with the next piece of it. */
export const messagesPerCommit = 200

type Opener = Pick<KeyringService, "open" | "pseudonymsOf">

/** The facts of one occurrence that fires: who gets it, and the first of its messages. */
export const firing = (
  state: StateReader,
  keyring: Opener,
  job: Job,
  occurrence: {
    readonly planned: Millis
    readonly at: Millis
    readonly why: FiredWhy
    readonly next: Millis | null
  },
  zones: Zones,
  messagesMax = messagesPerCommit
): readonly [Caused<Firing>, ...ReadonlyArray<Caused<Firing>>] => {
  const { at, next, planned, why } = occurrence
  const { leftOut, optedOut, recipients } = resolveRecipients(state, job.recipients, keyring)
  const { parts } = job
  const queued = Math.min(recipients.length * parts, messagesMax)
  const { spreadSeconds } = job.policies
  const source = { ...job, planned, at, spreadSeconds, ...lateLimit(job, why) }
  return [
    {
      cause: occurrenceCause(job.job, planned),
      part: "fired",
      fact: OccurrenceFired({
        job: job.job,
        planned,
        at,
        why,
        recipients,
        optedOut,
        ...(leftOut === 0 ? {} : { leftOut }),
        parts,
        queued,
        next,
        zones: zones.version,
        ...(why === "asked" ? {} : sayOccurrence(job.timing, planned, zones))
      })
    },
    ...messagesOf(state, keyring, source, recipients, 0, queued)
  ]
}

/** What a job that has nothing more to come, and nothing open, adds to its last fact. */
const completion = (
  state: StateReader,
  cause: string,
  job: JobId,
  next: Millis | null
): ReadonlyArray<Caused<Firing>> =>
  next !== null || isOpen(state, job) ? [] : [{ cause, part: "completed", fact: JobCompleted({ job }) }]

/** The facts that leave an occurrence out because somebody asked for it, or because of the one before it. */
export const skipping = (
  state: StateReader,
  { job, timing }: Pick<Job, "job" | "timing">,
  planned: Millis,
  next: Millis | null,
  why: { readonly reason: "requested" | "overlap"; readonly by: string },
  zones: Zones
): readonly [Caused<Firing>, ...ReadonlyArray<Caused<Firing>>] => {
  const cause = occurrenceCause(job, planned)
  const dealt = sayOccurrence(timing, planned, zones)
  const fact = OccurrenceSkipped({ job, planned, next, zones: zones.version, ...dealt, ...why })
  return [{ cause, part: "skipped", fact }, ...completion(state, cause, job, next)]
}

/** The facts by which a job is planned with these zones; the cause is another one each time that they change. */
export const replanning = (
  state: StateReader,
  job: Job & { readonly next: Millis },
  zones: Zones
): readonly [Caused<Firing>, ...ReadonlyArray<Caused<Firing>>] => {
  const { job: id, next: was } = job
  const cause = `${id}/${zones.version}/${state.head("schedule", id)}`
  const next = replannedNext(state, job, zones)
  const fact = JobReplanned({ job: id, was, next, zones: zones.version })
  return [{ cause, part: "replanned", fact }, ...completion(state, cause, id, next)]
}

const factsAbout = (
  state: StateReader,
  keyring: Opener,
  job: Job,
  planned: Millis,
  now: Millis,
  zones: Zones
): ReadonlyArray<Caused<Firing>> => {
  const { job: id } = job
  // By the zones of now it may be due at another moment.
  if (job.zones !== zones.version) return replanning(state, { ...job, next: planned }, zones)
  const cause = occurrenceCause(id, planned)
  const it = plan(job, planned, now, isSendingItsOwn(state, id), (moment) =>
    nextUnfired(state, job, moment, zones)
  )
  if (it.do === "fire")
    return firing(state, keyring, job, { planned, at: now, why: "due", next: it.next }, zones)
  if (it.do === "skip")
    return skipping(state, job, planned, it.next, { reason: "overlap", by: "system" }, zones)
  const { count, last, next } = it
  const dealt = sayOccurrence(job.timing, last, zones)
  const missed = OccurrencesMissed({ job: id, planned, last, count, next, zones: zones.version, ...dealt })
  return [{ cause, part: "missed", fact: missed }, ...completion(state, cause, id, next)]
}

/** A job that could not be fired. */
interface Broken {
  readonly job: JobId
  readonly error: unknown
}

/** The facts of the jobs that are due, as many as one piece of work takes. One that breaks holds back no other. */
const dueFacts = (
  state: StateReader,
  keyring: Opener,
  now: number,
  zones: Zones
): {
  readonly found: ReadonlyArray<ReadonlyArray<Caused<Firing>>>
  readonly broken: ReadonlyArray<Broken>
} => {
  const found: Array<ReadonlyArray<Caused<Firing>>> = []
  const broken: Array<Broken> = []
  let count = 0
  for (const [key, id] of state.first(due, "", jobsAtOnce)) {
    const planned = momentIn(key)
    if (planned > now || count >= factsAtOnce) break
    const job = state.get(jobs, id)
    if (job === undefined) continue
    const facts = Result.try(() => factsAbout(state, keyring, job, planned, now, zones))
    if (Result.isFailure(facts)) broken.push({ job: id, error: facts.failure })
    else {
      found.push(facts.success)
      count += facts.success.length
    }
  }
  return { found, broken }
}

/** How often it is said of a job that it breaks: it is due still, and tried again with whatever else is. */
const tellAgainMillis = 60_000

const makeTellBroken = () => {
  const told = new Map<JobId, Millis>()
  return (broken: ReadonlyArray<Broken>, now: Millis) =>
    Effect.forEach(
      broken.filter(({ job }) => now - (told.get(job) ?? 0) >= tellAgainMillis),
      ({ error, job }) => {
        told.set(job, now)
        return Effect.logError("a job breaks; it is tried again, and others fire", {
          job,
          error: String(error)
        })
      },
      { discard: true }
    )
}

/** Fires what is due. What is left over, or lost a race against a change, is due still, and is the next work. */
export const makeFireDue = () => {
  const commit = makeCommits<Firing>()
  const tellBroken = makeTellBroken()
  return Effect.fnUntraced(function* (work: Work, self: Self<Firing>) {
    const now = yield* Clock.currentTimeMillis
    // Where there is nothing, the clock was set back in this moment: it is looked at again.
    const { broken, found } = dueFacts(self.state, yield* Keyring, now, yield* ZoneData)
    yield* tellBroken(broken, now)
    yield* commit(self, { cause: work.cause, correlation: work.correlation }, found)
    return undefined
  })
}
