/** Making another job like one that there is. */
import { Effect } from "effect"
import type { Payload } from "../../contracts/command.ts"
import { JobCreated, type JobWords } from "../../contracts/schedule.ts"
import { DuplicateJob } from "../../contracts/schedule-commands.ts"
import { answer, type Reason, type Self } from "../../infra/actor/process-manager.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { checkFiles, type Answered, knownJob, obey, planned, refused } from "./job-commands.ts"
import { jobs } from "./model.ts"
import { timingProblem } from "./times.ts"
import { ZoneData } from "./zone-data.ts"

export const duplicate = answer(
  DuplicateJob,
  ({ copy }) => copy,
  Effect.fnUntraced(function* (
    { by, copy, job, timing, title }: Payload<typeof DuplicateJob>,
    self: Self<Answered>,
    reason: Reason
  ) {
    const source = yield* knownJob(self.state, DuplicateJob, job)
    const before = self.state.get(jobs, copy)
    // A request that is asked again, because its answer was lost, gets the same answer.
    if (before?.request === reason.cause)
      return { generation: self.generation, sequence: before.changed, next: before.next }
    if (before !== undefined)
      return yield* refused(DuplicateJob, "already-done", `there is a job ${copy} already`)
    const words = (yield* Keyring).open<JobWords>(source.words)
    if (words === null)
      return yield* refused(DuplicateJob, "forgotten", "its words cannot be opened any more")
    const at = timing ?? source.timing
    const problem = timingProblem(at, yield* ZoneData)
    if (problem !== undefined) return yield* refused(DuplicateJob, "invalid", problem)
    yield* checkFiles(DuplicateJob, words)
    const [first, ...more] = source.recipients
    const plan = yield* planned(DuplicateJob, self, copy, at)
    const fact = JobCreated({
      job: copy,
      timing: at,
      recipients: [first!, ...more],
      policies: source.policies,
      parts: source.parts,
      ...plan,
      by,
      words: title === undefined ? words : { ...words, title }
    })
    return { ...(yield* obey(self, reason, fact)), next: plan.next }
  })
)
