/** Having a job be as another system has it, however often it is asked for. */
import { isDeepStrictEqual } from "node:util"
import { Effect } from "effect"
import type { Payload } from "../../contracts/command.ts"
import { JobChanged, JobCreated, type JobWords } from "../../contracts/schedule.ts"
import { PutJob } from "../../contracts/schedule-commands.ts"
import { answer, type Reason, type Self } from "../../infra/actor/process-manager.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { type Answered, obey, take, takeRecipients } from "./job-commands.ts"
import { isCancelledForGood, type Job, jobs } from "./model.ts"
import { isSameTiming } from "./times.ts"

/** Whether a job says this to these people at these times already, and is known to be this in the other system. */
const isSame = Effect.fnUntraced(function* (
  self: Self<Answered>,
  job: Job,
  { asked, originKind }: Payload<typeof PutJob>
) {
  const recipients = yield* takeRecipients(PutJob, self, asked)
  const words = (yield* Keyring).open<JobWords>(job.words)
  return (
    job.status !== "cancelled" &&
    job.originKind === originKind &&
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
  Effect.fnUntraced(function* (payload: Payload<typeof PutJob>, self: Self<Answered>, reason: Reason) {
    const { asked, by, dryRun, job, origin, originKind } = payload
    const nothing = { generation: self.generation, sequence: 0 }
    const before = self.state.get(jobs, job)
    if (before !== undefined && isCancelledForGood(before))
      return { ...nothing, next: null, outcome: "cancelled" as const }
    if (before !== undefined && (yield* isSame(self, before, payload)))
      return { ...nothing, next: before.next, outcome: "unchanged" as const }
    const kind = originKind === undefined ? {} : { originKind }
    const taken = { ...(yield* take(PutJob, self, job, asked, by)), origin, ...kind }
    const fact = before === undefined ? JobCreated(taken) : JobChanged(taken)
    const placed = dryRun === true ? nothing : yield* obey(self, reason, fact)
    const outcome = before === undefined ? ("created" as const) : ("changed" as const)
    return { ...placed, next: taken.next, outcome }
  })
)
