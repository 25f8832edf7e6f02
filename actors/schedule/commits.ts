/** Facts about many jobs, in commits: each stores what it says of its jobs together, or nothing of it. */
import { Effect } from "effect"
import type { ActError, Caused, Reason, Self } from "../../infra/actor/process-manager.ts"

/** Jobs and facts of one commit: the server takes up to 1,000 messages in one, and each waits for all. */
const jobsPerCommit = 200
const factsPerCommit = 300
/** How many times fewer jobs are in a commit after one that lost a race. */
const fewerAfterRace = 4
/** Commits that are on their way at once: while the server stores one, the next is sealed and encoded. */
const commitsAtOnce = 3

type Facts<Published> = ReadonlyArray<Caused<Published>>
type Commit<Published> = readonly [Caused<Published>, ...Facts<Published>]

const commitsOf = <Published>(
  jobs: ReadonlyArray<Facts<Published>>,
  jobsMax: number
): ReadonlyArray<Commit<Published>> => {
  const commits: Array<Array<Caused<Published>>> = []
  let jobsInLast = jobsMax
  for (const facts of jobs) {
    const last = commits.at(-1)
    if (last === undefined || jobsInLast >= jobsMax || last.length + facts.length > factsPerCommit) {
      commits.push([...facts])
      jobsInLast = 1
    } else {
      last.push(...facts)
      jobsInLast += 1
    }
  }
  return commits.flatMap(([first, ...more]) => (first === undefined ? [] : [[first, ...more] as const]))
}

/**
 * Commits facts of several jobs, none of which is waited for by another one. Where a commit loses a race over one of
 * its jobs, the others are stored all the same, and the next ones are smaller, so that those whom nobody contests do
 * not wait. Fails as the first that failed.
 */
export const makeCommits = <Published>() => {
  let jobsMax = jobsPerCommit
  return Effect.fnUntraced(function* (
    self: Self<Published>,
    reason: Reason,
    jobs: ReadonlyArray<Facts<Published>>
  ): Effect.fn.Return<void, ActError> {
    const failures: Array<ActError> = []
    yield* Effect.forEach(
      commitsOf(jobs, jobsMax),
      (commit) =>
        Effect.catch(self.appendEach(reason, commit), (error) => Effect.sync(() => failures.push(error))),
      { concurrency: commitsAtOnce, discard: true }
    )
    const [failure] = failures
    if (failure === undefined) {
      jobsMax = Math.min(jobsPerCommit, jobsMax * 2)
      return
    }
    if (failures.some(({ _tag }) => _tag === "Conflict"))
      jobsMax = Math.max(1, Math.floor(jobsMax / fewerAfterRace))
    return yield* Effect.fail(failure)
  })
}
