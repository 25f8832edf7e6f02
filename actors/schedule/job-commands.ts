/** Making, changing and ending jobs. */
import { Clock, Effect } from "effect"
import { type CommandType, type Payload, Refused } from "../../contracts/command.ts"
import type { Fact } from "../../contracts/event.ts"
import type { JobId } from "../../contracts/ids.ts"
import {
  JobCancelled,
  JobChanged,
  JobCompleted,
  JobCreated,
  JobPaused,
  JobResumed,
  type Timing
} from "../../contracts/schedule.ts"
import {
  type AskedJob,
  CancelJob,
  ChangeJob,
  CreateJob,
  PauseJob,
  ResumeJob
} from "../../contracts/schedule-commands.ts"
import { answer, type Reason, type Self } from "../../infra/actor/process-manager.ts"
import type { StateReader } from "../../infra/actor/state.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { checkMedia, MediaFolder } from "../../infra/media-folder/media-folder.ts"
import { sayNow } from "./dealt-with.ts"
import { checkFields } from "./greeting-fields.ts"
import { callOffAll } from "./follow.ts"
import { type Job, jobs, type Millis, running } from "./model.ts"
import { isOpen } from "./open.ts"
import { takeRecipient } from "./take-recipient.ts"
import { isSameTiming, nextUnfired, timingProblem } from "./times.ts"
import { ZoneData, type Zones } from "./zone-data.ts"

export const jobFacts = [JobCreated, JobChanged, JobPaused, JobResumed, JobCancelled, JobCompleted] as const
export type Answered = Fact<(typeof jobFacts)[number]>

export const refused = (command: CommandType, reason: Refused["reason"], message: string) =>
  new Refused({ command: command.command, reason, message })

export const knownJob = (
  state: StateReader,
  command: CommandType,
  id: JobId
): Effect.Effect<Job, Refused> => {
  const job = state.get(jobs, id)
  return job === undefined
    ? Effect.fail(refused(command, "not-found", `there is no job ${id}`))
    : Effect.succeed(job)
}

/** Appends facts and answers when the actor itself obeys them. */
export const obey = Effect.fnUntraced(function* (
  self: Self<Answered>,
  reason: Reason,
  ...facts: readonly [Answered, ...ReadonlyArray<Answered>]
) {
  const { sequence } = yield* self.append(reason, "answer", facts)
  yield* self.folded(sequence)
  return { generation: self.generation, sequence }
})

/** What is wrong with a job before anything is looked up. */
const problemIn = ({ messages, timing }: AskedJob, zones: Zones): string | undefined =>
  timingProblem(timing, zones) ??
  messages.map(({ text }) => checkFields(text)).find((problem) => problem !== undefined)

/** That each file of a job can be sent, in a process that has them; the others say so when it fires. */
export const checkFiles = Effect.fnUntraced(function* (
  command: CommandType,
  { messages }: Pick<AskedJob, "messages">
) {
  const folder = yield* MediaFolder
  if (folder === undefined) return
  for (const [index, { media }] of messages.entries())
    if (media !== undefined)
      yield* checkMedia(folder, media).pipe(
        Effect.mapError(({ message }) => refused(command, "invalid", `message ${index + 1}: ${message}`))
      )
})

export const takeRecipients = Effect.fnUntraced(function* (
  command: CommandType,
  { state }: Pick<Self<Answered>, "state">,
  { recipients: [first, ...more] }: AskedJob
) {
  const keyring = yield* Keyring
  return [
    yield* takeRecipient(command, state, keyring, first),
    ...(yield* Effect.forEach(more, (one) => takeRecipient(command, state, keyring, one)))
  ] as const
})

/** When a job of this timing happens next, as facts have it. */
export const planned = Effect.fnUntraced(function* (
  command: CommandType,
  self: Pick<Self<Answered>, "state">,
  job: JobId,
  timing: Timing
) {
  const zones = yield* ZoneData
  const now = yield* Clock.currentTimeMillis
  const before = self.state.get(jobs, job)
  // What is due at this moment and has not fired yet is not passed over by a change of something else.
  const isPending = before?.next !== undefined && before.next !== null && before.next <= now
  const kept = before !== undefined && isSameTiming(before.timing, timing) ? before : undefined
  const plan =
    kept !== undefined && isPending
      ? { next: kept.next, zones: kept.zones }
      : {
          next: nextUnfired(self.state, kept ?? { job, timing }, now - 1, zones),
          zones: zones.version,
          ...sayNow(timing, now, zones)
        }
  const { next } = plan
  if (next === null)
    return yield* refused(
      command,
      "invalid",
      "expected a time that is still to come, found none: all of its occurrences have passed, or were left out"
    )
  return { ...plan, next }
})

/** The job as facts hold it: whom it reaches by pseudonyms, and its next moment. */
export const take = Effect.fnUntraced(function* (
  command: CommandType,
  self: Self<Answered>,
  job: JobId,
  asked: AskedJob,
  by: string
) {
  const problem = problemIn(asked, yield* ZoneData)
  if (problem !== undefined) return yield* refused(command, "invalid", problem)
  yield* checkFiles(command, asked)
  const recipients = yield* takeRecipients(command, self, asked)
  const { messages, policies, timing, title } = asked
  return {
    job,
    timing,
    recipients,
    policies,
    parts: messages.length,
    ...(yield* planned(command, self, job, timing)),
    by,
    words: { title, messages }
  }
})

const create = answer(
  CreateJob,
  ({ job }) => job,
  Effect.fnUntraced(function* (
    { asked, by, job }: Payload<typeof CreateJob>,
    self: Self<Answered>,
    reason: Reason
  ) {
    const before = self.state.get(jobs, job)
    // A request that is asked again, because its answer was lost, gets the same answer.
    if (before?.request === reason.cause)
      return { generation: self.generation, sequence: before.changed, next: before.next }
    if (before !== undefined)
      return yield* refused(CreateJob, "already-done", `there is a job ${job} already`)
    const taken = yield* take(CreateJob, self, job, asked, by)
    return { ...(yield* obey(self, reason, JobCreated(taken))), next: taken.next }
  })
)

const runningOf = (state: StateReader, job: JobId): ReadonlyArray<Millis> =>
  state.walk(running, `${job}/`).map(([, { planned }]) => planned)

const change = answer(
  ChangeJob,
  ({ job }) => job,
  Effect.fnUntraced(function* (
    { asked, by, expected, job }: Payload<typeof ChangeJob>,
    self: Self<Answered>,
    reason: Reason
  ) {
    const before = yield* knownJob(self.state, ChangeJob, job)
    if (before.status === "cancelled")
      return yield* refused(ChangeJob, "already-done", "it was cancelled: make another one")
    if (expected !== undefined && expected !== before.changed)
      return yield* refused(
        ChangeJob,
        "changed",
        `expected the job as it was at ${expected}, found one that was changed at ${before.changed}`
      )
    const taken = yield* take(ChangeJob, self, job, asked, by)
    const placed = yield* obey(self, reason, JobChanged(taken))
    return { ...placed, next: taken.next, running: runningOf(self.state, job) }
  })
)

const pause = answer(
  PauseJob,
  ({ job }) => job,
  Effect.fnUntraced(function* (payload: Payload<typeof PauseJob>, self: Self<Answered>, reason: Reason) {
    const { status } = yield* knownJob(self.state, PauseJob, payload.job)
    if (status !== "active") return yield* refused(PauseJob, "already-done", `it is ${status}`)
    return yield* obey(self, reason, JobPaused(payload))
  })
)

const resume = answer(
  ResumeJob,
  ({ job }) => job,
  Effect.fnUntraced(function* ({ by, job }: Payload<typeof ResumeJob>, self: Self<Answered>, reason: Reason) {
    const before = yield* knownJob(self.state, ResumeJob, job)
    if (before.status !== "paused")
      return yield* refused(ResumeJob, "already-done", `it is ${before.status}, not paused`)
    const now = yield* Clock.currentTimeMillis
    const zones = yield* ZoneData
    const next = nextUnfired(self.state, before, now - 1, zones)
    const planned = { next, zones: zones.version, ...sayNow(before.timing, now, zones) }
    // What came to its end while it was paused has nothing to go on with.
    const isOver = next === null && !isOpen(self.state, job)
    const placed = yield* obey(
      self,
      reason,
      JobResumed({ job, ...planned, by }),
      ...(isOver ? [JobCompleted({ job })] : [])
    )
    return { ...placed, next }
  })
)

/** The fact comes first, after which nothing is queued; then whatever is queued is settled; then comes the answer. */
const cancel = answer(
  CancelJob,
  ({ job }) => job,
  Effect.fnUntraced(function* (payload: Payload<typeof CancelJob>, self: Self<Answered>, reason: Reason) {
    const { job } = payload
    const before = yield* knownJob(self.state, CancelJob, job)
    if (before.status === "completed" && !isOpen(self.state, job))
      return yield* refused(CancelJob, "already-left", "it is done: each of its messages has left, or failed")
    // What another system withdrew is over for good once a person says so.
    const isDone =
      before.status === "cancelled" && (before.withdrawn !== true || payload.origin !== undefined)
    const placed = isDone
      ? { generation: self.generation, sequence: before.changed }
      : yield* obey(self, reason, JobCancelled(payload))
    const settled = yield* callOffAll(self.state, job, payload.by).pipe(
      Effect.mapError((error) =>
        refused(
          CancelJob,
          "unavailable",
          `it is cancelled and fires no more, but what it fired before may still leave: ${error.message}. Ask again`
        )
      )
    )
    return { ...placed, ...settled }
  })
)

export const jobAnswers = [create, change, pause, resume, cancel]
