/** Having a job be as another system has it, however often it is asked for. */
import { isDeepStrictEqual } from "node:util"
import { Effect } from "effect"
import type { Payload } from "../../contracts/command.ts"
import { JobChanged, JobCreated, type JobWords } from "../../contracts/schedule.ts"
import { type AskedJob, PutJob } from "../../contracts/schedule-commands.ts"
import { answer, type Reason, type Self } from "../../infra/actor/process-manager.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { type Answered, isSameTiming, obey, take, takeRecipients } from "./job-commands.ts"
import { type Job, jobs } from "./model.ts"

/** Whether a job says this to these people at these times already. */
const isSame = Effect.fnUntraced(function* (self: Self<Answered>, job: Job, asked: AskedJob) {
  const recipients = yield* takeRecipients(PutJob, self, asked)
  const words = (yield* Keyring).open<JobWords>(job.words)
  return (
    isSameTiming(job.timing, asked.timing) &&
    isDeepStrictEqual(
      { policies: job.policies, recipients: job.recipients, words },
      {
        policies: asked.policies,
        recipients: [...recipients],
        words: { title: asked.title, messages: asked.messages }
      }
    )
  )
})

export const put = answer(
  PutJob,
  ({ job }) => job,
  Effect.fnUntraced(function* (
    { asked, by, dryRun, job, origin }: Payload<typeof PutJob>,
    self: Self<Answered>,
    reason: Reason
  ) {
    const nothing = { generation: self.generation, sequence: 0 }
    const before = self.state.get(jobs, job)
    if (before?.status === "cancelled") return { ...nothing, next: null, outcome: "cancelled" as const }
    if (before !== undefined && (yield* isSame(self, before, asked)))
      return { ...nothing, next: before.next, outcome: "unchanged" as const }
    const taken = { ...(yield* take(PutJob, self, job, asked, by)), origin }
    const fact = before === undefined ? JobCreated(taken) : JobChanged(taken)
    const placed = dryRun === true ? nothing : yield* obey(self, reason, fact)
    const outcome = before === undefined ? ("created" as const) : ("changed" as const)
    return { ...placed, next: taken.next, outcome }
  })
)
