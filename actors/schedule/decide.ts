/** What becomes of an occurrence when its moment has come. Pure: the time comes in as input. */
import type { Job, Millis } from "./model.ts"

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

/**
 * What to do about the occurrence at `planned`, which is due. What waited for the one before it to end is late from
 * then on only. Several that are too late are passed over together.
 */
export const plan = (
  job: Pick<Job, "policies" | "freedAt">,
  planned: Millis,
  now: Millis,
  isRunning: boolean,
  nextAfter: (moment: Millis) => Millis | null
): Plan => {
  const mayBeLate = lateMillisMax(job)
  const { missed, overlap } = job.policies
  const dueSince = overlap === "queue" ? Math.max(planned, job.freedAt ?? planned) : planned
  if (now - dueSince < mayBeLate) {
    const next = nextAfter(planned)
    return { do: isRunning && overlap === "skip" && missed !== "send-all" ? "skip" : "fire", next }
  }
  let last = planned
  let next = nextAfter(planned)
  let count = 1
  while (next !== null && now - next >= mayBeLate && count < missedMax) {
    last = next
    next = nextAfter(next)
    count += 1
  }
  return { do: "miss", last, count, next }
}
