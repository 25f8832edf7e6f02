/** What a log leaves open at a point, and what came after it: what a person is told before and after a restore. */
import type { AnyRecorded } from "../../../contracts/catalogue.ts"
import { entryQueuedBy, queueing } from "../../../contracts/queued-entry.ts"

export interface OpenAtPoint {
  /** Messages that were about to be written, and those that waited. */
  readonly claimed: number
  readonly waiting: number
  /** Jobs with an occurrence that had come due by a moment. */
  readonly due: number
}

const queueingNames: ReadonlySet<string> = new Set(queueing.map(({ type }) => type))

/** Follows messages and jobs until nothing of them is open. */
export const makeOpenAtPoint = () => {
  const messages = new Map<string, "waiting" | "claimed">()
  const jobs = new Map<string, number>()

  const planned = (job: string, next: number | null) => {
    if (next === null) jobs.delete(job)
    else jobs.set(job, next)
  }

  const take = (event: AnyRecorded): void => {
    switch (event.type) {
      case "outbox.claimed":
        return void messages.set(event.data.outbox, "claimed")
      case "outbox.stepped":
        return void messages.set(event.data.outbox, "waiting")
      case "outbox.sent":
      case "outbox.failed":
      case "outbox.cancelled":
        return void messages.delete(event.data.outbox)
      case "schedule.created":
      case "schedule.changed":
      case "schedule.resumed":
      case "schedule.replanned":
      case "schedule.skipped":
      case "schedule.missed":
        return planned(event.data.job, event.data.next)
      case "schedule.fired":
        return event.data.why === "due" ? planned(event.data.job, event.data.next) : undefined
      case "schedule.paused":
      case "schedule.cancelled":
      case "schedule.completed":
        return planned(event.data.job, null)
      default: {
        const entry = queueingNames.has(event.type) ? entryQueuedBy(event) : undefined
        if (entry !== undefined) messages.set(entry.outbox, "waiting")
      }
    }
  }

  return {
    take,
    at: (now: number): OpenAtPoint => {
      const states = [...messages.values()]
      const claimed = states.filter((state) => state === "claimed").length
      return {
        claimed,
        waiting: states.length - claimed,
        due: [...jobs.values()].filter((next) => next <= now).length
      }
    }
  }
}

export interface After {
  readonly events: number
  /** When the first of them happened, and the last, in milliseconds since the epoch; null where there is none. */
  readonly from: number | null
  readonly to: number | null
  /** How many of each name. */
  readonly kinds: Readonly<Record<string, number>>
}

/** Counts what came after a point. */
export const makeAfter = () => {
  const kinds = new Map<string, number>()
  let events = 0
  let from: number | null = null
  let to: number | null = null
  return {
    take: ({ time, type }: { readonly type: string; readonly time: number }) => {
      events += 1
      from ??= time
      to = time
      kinds.set(type, (kinds.get(type) ?? 0) + 1)
    },
    counts: (): After => ({
      events,
      from,
      to,
      kinds: Object.fromEntries([...kinds].toSorted(([, a], [, b]) => b - a))
    })
  }
}
