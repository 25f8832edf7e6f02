/** The moments of a job, in milliseconds since the epoch, by the rules of `recurrence/`. */
import { Result } from "effect"
import type { JobId } from "../../contracts/ids.ts"
import type { Timing } from "../../contracts/schedule.ts"
import type { PreviewedOccurrence } from "../../contracts/schedule-commands.ts"
import type { StateReader } from "../../infra/actor/state.ts"
import { fired, type Millis, occurrenceKey } from "./model.ts"
import { localText } from "./recurrence/local-time.ts"
import { noteText } from "./recurrence/occurrence-text.ts"
import { occurrencesAfter, occurrencesFrom, readSchedule, type Schedule } from "./recurrence/occurrences.ts"

/** The tz database of this process, such as `2026a`. */
export const zonesNow = process.versions.tz ?? "unknown"

/** Timings that are kept as they were understood: a rule with a COUNT is counted through once. */
const keptMax = 1_000
const kept = new Map<string, Result.Result<Schedule, string>>()

const understood = (timing: Timing): Result.Result<Schedule, string> => {
  const text = JSON.stringify([timing.zone, timing.start, timing.rule])
  const known = kept.get(text)
  if (known !== undefined) return known
  const [oldest] = kept.keys()
  if (kept.size >= keptMax && oldest !== undefined) kept.delete(oldest)
  const read = readSchedule(timing)
  kept.set(text, read)
  return read
}

/** What is wrong with it, in a sentence; `undefined` where it is understood. */
export const timingProblem = (timing: Timing): string | undefined => {
  const read = understood(timing)
  return Result.isFailure(read) ? read.failure : undefined
}

const secondsOf = (moment: Millis) => moment / 1_000

/** What a newer version understood and this one does not has no next moment. */
export const momentsAfter = (
  timing: Timing,
  moment: Millis,
  count: number
): ReadonlyArray<typeof PreviewedOccurrence.Type> => {
  const read = understood(timing)
  if (Result.isFailure(read)) return []
  return occurrencesAfter(read.success, secondsOf(moment), count).map(({ at, local, note }) => ({
    at: at * 1_000,
    local: localText(local),
    ...(note === undefined ? {} : { note: noteText(note, timing.zone) })
  }))
}

/** The first moment after one at which nothing of the job has fired, or null where there is none. */
export const nextUnfired = (
  state: StateReader,
  { job, timing }: { readonly job: JobId; readonly timing: Timing },
  moment: Millis
): Millis | null => {
  const read = understood(timing)
  if (Result.isFailure(read)) return null
  for (const { at } of occurrencesFrom(read.success, Math.floor(secondsOf(moment)) + 1)) {
    const next = at * 1_000
    if (next >= 0 && state.get(fired, occurrenceKey(job, next)) === undefined) return next
  }
  return null
}
