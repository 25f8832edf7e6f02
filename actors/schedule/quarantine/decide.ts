/** What the schedule actor answers about what a restore left open. */
import { Clock, Effect } from "effect"
import type { Payload } from "../../../contracts/command.ts"
import type { Fact } from "../../../contracts/event.ts"
import type { JobId } from "../../../contracts/ids.ts"
import {
  DecideJobs,
  type HeldJob,
  JobDecided,
  ListHeldJobs,
  quarantinePageMax
} from "../../../contracts/quarantine.ts"
import { JobCompleted } from "../../../contracts/schedule.ts"
import { everyLane } from "../../../infra/actor/lanes.ts"
import { answer, type Caused, type Reason, type Self } from "../../../infra/actor/process-manager.ts"
import type { StateReader } from "../../../infra/actor/state.ts"
import { sayNow } from "../dealt-with.ts"
import { type Job, jobs, retries, running } from "../model.ts"
import { isRunning } from "../open.ts"
import { nextUnfired } from "../times.ts"
import { ZoneData, type Zones } from "../zone-data.ts"
import { type Held, held } from "./held.ts"

export const quarantineFacts = [JobDecided, JobCompleted] as const
type Decided = Fact<(typeof quarantineFacts)[number]>

const unqueuedOf = (state: StateReader, job: JobId): number =>
  state.walk(running, `${job}/`).reduce((sum, [, { queued, total }]) => sum + total - queued, 0)

const refusedOf = (state: StateReader, job: JobId): number =>
  state.walk(retries, `${job}/`).reduce((sum, [, { recipients }]) => sum + recipients.length, 0)

/** Those that are called off by now have nothing left to decide about. */
const heldJobs = (state: StateReader): ReadonlyArray<readonly [Job, Held]> =>
  state.walk(held, "").flatMap(([id, it]) => {
    const job = state.get(jobs, id)
    return job === undefined || job.status === "cancelled" ? [] : [[job, it] as const]
  })

const list = answer(
  ListHeldJobs,
  () => "quarantine",
  Effect.fnUntraced(function* ({ after }: Payload<typeof ListHeldJobs>, self: Self<Decided>) {
    yield* Effect.void
    const behind = heldJobs(self.state).filter(([{ job }]) => after === undefined || job > after)
    const page = behind.slice(0, quarantinePageMax)
    const listed = page.map(([{ job }, { planned }]): HeldJob => ({
      job,
      planned,
      unqueued: unqueuedOf(self.state, job),
      refused: refusedOf(self.state, job)
    }))
    return {
      generation: self.generation,
      sequence: 0,
      jobs: listed,
      next: behind.length > page.length ? (listed.at(-1)?.job ?? null) : null
    }
  })
)

/** What had come due is left out: the next occurrence is the first one after the decision. */
const factsOf = (
  state: StateReader,
  { by, decision }: Payload<typeof DecideJobs>,
  job: Job,
  zones: Zones,
  now: number
): ReadonlyArray<Decided> => {
  const isLeftOut = decision === "drop" && job.next !== null && job.next <= now
  const next = isLeftOut ? nextUnfired(state, job, now, zones) : job.next
  const dealt = isLeftOut ? sayNow(job.timing, now + 1, zones) : {}
  const decided = JobDecided({ job: job.job, decision, next, zones: zones.version, ...dealt, by })
  // What waits to be tried again is dropped with it.
  const isOver = decision === "drop" && job.status === "active" && next === null && !isRunning(state, job.job)
  return isOver ? [decided, JobCompleted({ job: job.job })] : [decided]
}

const decide = answer(
  DecideJobs,
  () => everyLane,
  Effect.fnUntraced(function* (payload: Payload<typeof DecideJobs>, self: Self<Decided>, reason: Reason) {
    const zones = yield* ZoneData
    const now = yield* Clock.currentTimeMillis
    const wanted = heldJobs(self.state).filter(([{ job }]) => payload.jobs.includes(job))
    const facts = wanted.flatMap(([job]) =>
      factsOf(self.state, payload, job, zones, now).map((fact): Caused<Decided> => ({
        cause: reason.cause,
        part: `${fact.type} ${job.job}`,
        fact
      }))
    )
    const [first, ...more] = facts
    if (first === undefined) return { generation: self.generation, sequence: 0, decided: 0 }
    const { sequence } = yield* self.appendEach(reason, [first, ...more])
    yield* self.folded(sequence)
    return { generation: self.generation, sequence, decided: wanted.length }
  })
)

export const quarantineAnswers = [list, decide]
