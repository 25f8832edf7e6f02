/** The events that were folded last, for work that looks at what was said in them. */
import type { LogEvent } from "../event-log/event-log.ts"

/** Work follows its events closely; what waits for longer is looked up in the log. */
const recentMax = 128

export interface RecentEvents {
  readonly remember: (events: ReadonlyArray<LogEvent>) => void
  readonly get: (sequence: number) => LogEvent | undefined
}

export const makeRecentEvents = (): RecentEvents => {
  const recent = new Map<number, LogEvent>()
  return {
    remember: (events) => {
      for (const event of events.slice(-recentMax)) recent.set(event.sequence, event)
      for (const sequence of recent.keys()) {
        if (recent.size <= recentMax) break
        recent.delete(sequence)
      }
    },
    get: (sequence) => recent.get(sequence)
  }
}
