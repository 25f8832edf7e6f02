/**
 * Trying again what was refused for good: as an occurrence of its own, for the messages that nobody got and for no
 * others. Its messages have ids of their own, so that each id is of one message for ever.
 */
import { Clock, Effect } from "effect"
import { occurrenceCause, OccurrenceFired } from "../../contracts/schedule.ts"
import type { JobPolicies } from "../../contracts/schedule.ts"
import type { JobId } from "../../contracts/ids.ts"
import type { Self } from "../../infra/actor/process-manager.ts"
import type { State, StateReader, Work } from "../../infra/actor/state.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { priorities, type Trigger } from "./arm.ts"
import { type Firing, messagesPerCommit } from "./fire.ts"
import { messagesOf } from "./messages-of.ts"
import {
  fired,
  firedFor,
  jobs,
  type Millis,
  type Occurrence,
  occurrenceKey,
  type Retry,
  retries,
  sendings
} from "./model.ts"
import { isOptedOut } from "./opt-outs.ts"
import { isHeld } from "./quarantine/held.ts"
import { partsBetween } from "./sendings.ts"
import { ZoneData } from "./zone-data.ts"

export const retryWork = "retry"

const minuteMillis = 60_000
const retryMinutesDefault = 15

const workKey = (key: string) => `${retryWork}/${key}`

/** Whether what failed of an occurrence is tried again once it has ended. */
export const isTriedAgain = (
  policies: JobPolicies | undefined,
  { attempt = 0, calledOff, failed }: Pick<Occurrence, "attempt" | "calledOff" | "failed">
): boolean => failed > 0 && calledOff !== true && attempt < (policies?.retries ?? 0)

const openWork = (state: State, key: string, { due, job }: Retry, { correlation, id }: Trigger): void =>
  state.open({
    key: workKey(key),
    kind: retryWork,
    priority: priorities.follow,
    lane: job,
    due,
    cause: id,
    correlation: correlation ?? id
  })

/** Folded when an occurrence has ended, while it is known of each message how it ended. */
export const openRetry = (
  state: State,
  key: string,
  it: Occurrence,
  trigger: Trigger & { readonly time: Millis }
): void => {
  const { time } = trigger
  const job = state.get(jobs, it.job)
  if (job === undefined || job.status === "cancelled" || !isTriedAgain(job.policies, it)) return
  const recipients = partsBetween(it, state.get(firedFor, key) ?? [], 0, it.queued)
    .filter(({ outbox }) => state.get(sendings, outbox)?.failed === true)
    .map(({ part, recipient }) => ({ ...recipient, part }))
  if (recipients.length === 0) return
  const { attempt = 0, planned, words } = it
  const due = time + (job.policies.retryMinutes ?? retryMinutesDefault) * minuteMillis
  const entry: Retry = { job: it.job, planned, attempt: attempt + 1, due, recipients, words }
  state.put(retries, key, entry)
  if (!isHeld(state, it.job)) openWork(state, key, entry, trigger)
}

const closeRetry = (state: State, key: string): void => {
  state.drop(retries, key)
  state.close(workKey(key))
}

/** Folded when it is tried again: what it takes over from the occurrence that was refused. */
export const takeRetry = (
  state: State,
  job: JobId,
  retryOf: Millis | undefined
): Pick<Occurrence, "attempt" | "words"> | undefined => {
  if (retryOf === undefined) return undefined
  const key = occurrenceKey(job, retryOf)
  const entry = state.get(retries, key)
  if (entry === undefined) return undefined
  closeRetry(state, key)
  return { attempt: entry.attempt, words: entry.words }
}

/** Folded when a job is called off: nothing of it is tried again. */
export const dropRetries = (state: State, job: JobId): void => {
  for (const [key] of state.walk(retries, `${job}/`)) closeRetry(state, key)
}

/**
 * Folded after a restore: whether something was tried again in the moments that were lost nobody knows. Says whose it
 * is, and waits.
 */
export const stopRetries = (state: State): ReadonlyArray<JobId> =>
  state.walk(retries, "").map(([key, { job }]) => {
    state.close(workKey(key))
    return job
  })

/** Folded when a person has decided: it is tried again after all. */
export const retryAgain = (state: State, job: JobId, trigger: Trigger): void => {
  for (const [key, entry] of state.walk(retries, `${job}/`)) openWork(state, key, entry, trigger)
}

/** The moment itself, or the next millisecond at which nothing of the job has fired. */
const freeMoment = (state: StateReader, job: JobId, moment: Millis): Millis =>
  state.get(fired, occurrenceKey(job, moment)) === undefined ? moment : freeMoment(state, job, moment + 1)

/** Whoever opted out meanwhile gets nothing. */
export const retry = Effect.fnUntraced(function* (work: Work, self: Self<Firing>) {
  const entry = self.state.get(retries, work.key.slice(retryWork.length + 1))
  const job = entry && self.state.get(jobs, entry.job)
  if (entry === undefined || job === undefined) return undefined
  const at = yield* Clock.currentTimeMillis
  const planned = freeMoment(self.state, job.job, at)
  const keyring = yield* Keyring
  const recipients = entry.recipients.filter(
    ({ chat }) => !isOptedOut(self.state, keyring.pseudonymsOf(chat))
  )
  const queued = Math.min(recipients.length, messagesPerCommit)
  const source = {
    job: job.job,
    planned,
    at,
    parts: 1,
    words: entry.words,
    spreadSeconds: job.policies.spreadSeconds
  }
  const fact = OccurrenceFired({
    job: job.job,
    planned,
    at,
    why: "retry",
    retryOf: entry.planned,
    recipients,
    optedOut: entry.recipients.length - recipients.length,
    parts: 1,
    queued,
    next: job.next,
    zones: (yield* ZoneData).version
  })
  yield* self.appendEach({ cause: work.cause, correlation: work.correlation }, [
    { cause: occurrenceCause(job.job, entry.planned), part: `retry:${entry.attempt}`, fact },
    ...messagesOf(self.state, keyring, source, recipients, 0, queued)
  ])
  return undefined
})
