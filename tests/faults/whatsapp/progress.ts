/** What the log still owes, kept up to date as the log grows. */
import type { AnyRecorded } from "../../../contracts/catalogue.ts"
import { entryQueuedBy } from "../../../contracts/queued-entry.ts"

/** Answers how many links have no verdict yet, and how many entries of the outbox no end. */
export const makeProgress = (events: ReadonlyArray<AnyRecorded>) => {
  const links = new Set<string>()
  const entries = new Set<string>()
  let counted = 0

  const count = (event: AnyRecorded): void => {
    if (event.type === "message.received")
      for (const { link } of event.data.links) links.add(`${event.data.message}/${link}`)
    if (event.type === "verdict.decided" || event.type === "verdict.suppressed")
      links.delete(`${event.data.message}/${event.data.link}`)
    const entry = entryQueuedBy(event)
    if (entry !== undefined) entries.add(entry.outbox)
    if (event.type === "outbox.sent" || event.type === "outbox.failed" || event.type === "outbox.cancelled")
      entries.delete(event.data.outbox)
  }

  return (): number => {
    for (; counted < events.length; counted++) count(events[counted]!)
    return links.size + entries.size
  }
}
