/** What becomes of an occurrence when its moment has come. Pure: the time comes in as input. */
import type { FiredWhy } from "../../contracts/schedule.ts"
import type { Job, Millis, Occurrence } from "./model.ts"

/** A system that runs is late by milliseconds: what is later than this was missed, for who sends nothing late. */
const graceMillis = 60_000

/** The most occurrences that one fact says to be missed. */
const missedMax = 1_000

export type Plan =
  | { readonly do: "fire"; readonly next: Millis | null }
  | { readonly do: "skip"; readonly next: Millis | null }
  | { readonly do: "miss"; readonly last: Millis; readonly count: number; readonly next: Millis | null }

/** How late something may be and is still sent. */
const lateMillisMax = ({ policies: { lateMinutes, missed } }: Pick<Job, "policies">): number => {
  if (missed === "send-all") return Number.POSITIVE_INFINITY
  return missed === "skip" ? graceMillis : lateMinutes * 60_000
}

/** How late messages of an occurrence may leave: what somebody asks for now is not late. */
export const lateLimit = (job: Pick<Job, "policies">, why: FiredWhy): Pick<Occurrence, "lateMillis"> => {
  const lateMillis = lateMillisMax(job)
  return why === "due" && Number.isFinite(lateMillis) ? { lateMillis } : {}
}

type Planned = Pick<Job, "policies" | "predecessor">

/** How late it is. What waits for the one before it to end is not late by the time that it waited for that. */
const lateMillisOf = ({ policies: { overlap }, predecessor }: Planned, planned: Millis, now: Millis) => {
  const late = now - planned
  if (overlap !== "queue" || predecessor === undefined) return late
  const { from, until } = predecessor
  return late - Math.max(0, Math.min(until, now) - Math.max(from, planned))
}

/**
 * What to do about the occurrence at `planned`, which is due; `isSending`: whether one before it has not ended.
 * Several that are too late are passed over together.
 */
export const plan = (
  job: Planned,
  planned: Millis,
  now: Millis,
  isSending: boolean,
  nextAfter: (moment: Millis) => Millis | null
): Plan => {
  const mayBeLate = lateMillisMax(job)
  const isTooLate = (moment: Millis) => lateMillisOf(job, moment, now) >= mayBeLate
  const { missed, overlap } = job.policies
  if (!isTooLate(planned)) {
    const next = nextAfter(planned)
    return { do: isSending && overlap === "skip" && missed !== "send-all" ? "skip" : "fire", next }
  }
  let last = planned
  let next = nextAfter(planned)
  let count = 1
  while (next !== null && isTooLate(next) && count < missedMax) {
    last = next
    next = nextAfter(next)
    count += 1
  }
  return { do: "miss", last, count, next }
}
