/**
 * Firing what is due: many jobs in one commit, each with the first of its messages. Every fact of a job expects the
 * job to be as it was read, so that who changes or cancels it at the same moment comes before all of this or after.
 */
import { Clock, Effect } from "effect"
import type { ChatId, JobId } from "../../contracts/ids.ts"
import {
  type FiredWhy,
  JobCompleted,
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
import { isRunning } from "./arm.ts"
import { plan } from "./decide.ts"
import { due, type Job, jobs, type Millis, momentIn } from "./model.ts"
import { messagesOf } from "./messages-of.ts"
import { resolveRecipients } from "./resolve-recipients.ts"
import { nextUnfired, zonesNow } from "./times.ts"

export const firePublishes = [OccurrenceFired, OccurrenceSkipped, OccurrencesMissed, JobCompleted] as const

export type Firing = Fact<(typeof firePublishes)[number] | typeof OutboxQueued>

/** Jobs and facts of one commit: the server takes up to 1,000 messages in one, and each waits for all. */
const jobsPerCommit = 200
const factsPerCommit = 300
/** How many times fewer jobs are in the commit after one that lost a race. */
const fewerAfterRace = 4
/** Messages that are queued in one commit with the firing of their occurrence, or with the next piece of it. */
export const messagesPerCommit = 200

type Opener = Pick<KeyringService, "open" | "pseudonymsOf">

/** The pseudonym that a chat goes by now. */
const nameBy = (keyring: Opener) => (chat: ChatId) => keyring.pseudonymsOf(chat)[0] ?? chat

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
  messagesMax = messagesPerCommit
): readonly [Caused<Firing>, ...ReadonlyArray<Caused<Firing>>] => {
  const { at, next, planned, why } = occurrence
  const { optedOut, recipients } = resolveRecipients(state, job.recipients, nameBy(keyring))
  const { parts } = job
  const queued = Math.min(recipients.length * parts, messagesMax)
  const source = { ...job, planned, at, spreadSeconds: job.policies.spreadSeconds }
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
        parts,
        queued,
        next,
        zones: zonesNow
      })
    },
    ...messagesOf(state, keyring, source, recipients, 0, queued)
  ]
}

/** What a job that has nothing more to come, and nothing under way, adds to its last fact. */
const completion = (
  cause: string,
  job: JobId,
  next: Millis | null,
  busy: boolean
): ReadonlyArray<Caused<Firing>> =>
  next !== null || busy ? [] : [{ cause, part: "completed", fact: JobCompleted({ job }) }]

/** The facts that leave an occurrence out because somebody asked for it, or because of the one before it. */
export const skipping = (
  job: JobId,
  planned: Millis,
  next: Millis | null,
  busy: boolean,
  why: { readonly reason: "requested" | "overlap"; readonly by: string }
): readonly [Caused<Firing>, ...ReadonlyArray<Caused<Firing>>] => {
  const cause = occurrenceCause(job, planned)
  const fact = OccurrenceSkipped({ job, planned, next, zones: zonesNow, ...why })
  return [{ cause, part: "skipped", fact }, ...completion(cause, job, next, busy)]
}

const factsAbout = (
  state: StateReader,
  keyring: Opener,
  job: Job,
  planned: Millis,
  now: Millis
): ReadonlyArray<Caused<Firing>> => {
  const { job: id } = job
  const busy = isRunning(state, id)
  const cause = occurrenceCause(id, planned)
  const it = plan(job, planned, now, busy, (moment) => nextUnfired(state, job, moment))
  if (it.do === "fire") return firing(state, keyring, job, { planned, at: now, why: "due", next: it.next })
  if (it.do === "skip") return skipping(id, planned, it.next, busy, { reason: "overlap", by: "system" })
  const { count, last, next } = it
  const missed = OccurrencesMissed({ job: id, planned, last, count, next, zones: zonesNow })
  return [{ cause, part: "missed", fact: missed }, ...completion(cause, id, next, busy)]
}

/** The facts of as many due jobs as one commit takes, up to so many. */
const dueFacts = (
  state: StateReader,
  keyring: Opener,
  now: number,
  jobsMax: number
): ReadonlyArray<Caused<Firing>> => {
  const facts: Array<Caused<Firing>> = []
  for (const [key, id] of state.first(due, "", jobsMax)) {
    const planned = momentIn(key)
    if (planned > now || facts.length >= factsPerCommit) break
    const job = state.get(jobs, id)
    if (job !== undefined) facts.push(...factsAbout(state, keyring, job, planned, now))
  }
  return facts
}

/**
 * Fires what is due, as much as one commit takes; what is left over is due still, and is the next work. A commit that
 * lost a race over one of its jobs is made again with fewer of them, so that those whom nobody contests do not wait.
 */
export const makeFireDue = () => {
  let jobsMax = jobsPerCommit
  return Effect.fnUntraced(function* (work: Work, self: Self<Firing>) {
    const now = yield* Clock.currentTimeMillis
    const [first, ...more] = dueFacts(self.state, yield* Keyring, now, jobsMax)
    // The clock was set back in this moment: it is looked at again.
    if (first === undefined) return undefined
    yield* self.appendEach({ cause: work.cause, correlation: work.correlation }, [first, ...more]).pipe(
      Effect.tapError((error) =>
        Effect.sync(() => {
          if (error._tag === "Conflict") jobsMax = Math.max(1, Math.floor(jobsMax / fewerAfterRace))
        })
      )
    )
    jobsMax = Math.min(jobsPerCommit, jobsMax * 2)
    return undefined
  })
}
