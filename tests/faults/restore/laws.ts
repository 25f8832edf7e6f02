/** What must hold of a log that was restored, by what it says and by what those outside have. Pure. */
import type { AnyRecorded, RecordedOf } from "../../../contracts/catalogue.ts"
import { type OutboxId, whatsAppIdOf } from "../../../contracts/ids.ts"
import type { HeldMessage, QuarantineDecision } from "../../../contracts/quarantine.ts"
import { entryQueuedBy } from "../../../contracts/queued-entry.ts"
import type { RawMessage } from "../../../infra/event-log/raw-log.ts"
import type { Transmission } from "../history.ts"

export const isOf = <T extends AnyRecorded["type"]>(events: ReadonlyArray<AnyRecorded>, type: T) =>
  events.filter((event): event is RecordedOf<T> & AnyRecorded => event.type === type)

/** Every link of every message that is here has a verdict. */
export const areAllJudged = (events: ReadonlyArray<AnyRecorded>): boolean => {
  const judged = new Set(
    events.flatMap((event) =>
      event.type === "verdict.decided" || event.type === "verdict.suppressed"
        ? [`${event.data.message} ${event.data.link}`]
        : []
    )
  )
  return isOf(events, "message.received").every(({ data }) =>
    data.links.every(({ link }) => judged.has(`${data.message} ${link}`))
  )
}

/** The links of which all is known that those outside say. */
export const lookedAt = (events: ReadonlyArray<AnyRecorded>): ReadonlySet<string> =>
  new Set(
    isOf(events, "scan.completed").flatMap(({ data }) => ((data.awaits ?? []).length > 0 ? [] : [data.link]))
  )

/** Those outside have been asked about every link, of all messages or of some, and have answered. */
export const areAllLookedAt = (
  events: ReadonlyArray<AnyRecorded>,
  some: (message: RecordedOf<"message.received">) => boolean = () => true
): boolean => {
  const looked = lookedAt(events)
  return isOf(events, "message.received")
    .filter(some)
    .every(({ data }) => data.links.every(({ link }) => looked.has(link)))
}

/** What was answered before the loss is not asked again. */
export const questionBreaches = (
  events: ReadonlyArray<AnyRecorded>,
  upTo: number,
  asked: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const known = lookedAt(events.filter(({ sequence }) => sequence <= upTo))
  const again = asked.filter((link) => known.has(link)).length
  return again === 0 ? [] : [`${again} links that were answered for are asked about again`]
}

export const isSame = (one: RawMessage, other: RawMessage | undefined): boolean =>
  other !== undefined &&
  one.sequence === other.sequence &&
  one.subject === other.subject &&
  Buffer.from(one.data).equals(Buffer.from(other.data)) &&
  one.headers === other.headers

/** Nothing that had been scanned is scanned again, for the same message. */
export const scanBreaches = (events: ReadonlyArray<AnyRecorded>): ReadonlyArray<string> => {
  const times = Map.groupBy(isOf(events, "scan.completed"), ({ cause, data }) => `${cause} ${data.link}`)
  return [...times].flatMap(([, scans]) =>
    scans.length > 1
      ? [`a link is scanned ${scans.length} times for one message (event ${scans.at(-1)!.sequence})`]
      : []
  )
}

/** The message that came in by an event was warned about, and the warning has left. */
export const isTold = (events: ReadonlyArray<AnyRecorded>, sequence: number): boolean => {
  const message = isOf(events, "message.received").find((event) => event.sequence === sequence)?.data.message
  const verdicts = isOf(events, "verdict.decided").filter(({ data }) => data.message === message)
  const told = new Set<string | undefined>(verdicts.map(({ data }) => data.notice?.outbox))
  return isOf(events, "outbox.sent").some(({ data }) => told.has(data.outbox))
}

/** Those outside have answered for every link of the message that came in by an event. */
export const isAnsweredFor = (events: ReadonlyArray<AnyRecorded>, sequence: number): boolean =>
  areAllLookedAt(events, (event) => event.sequence === sequence)

/** So many messages leave, and no more. */
export const bookBreaches = (
  leave: number,
  before: ReadonlyArray<Transmission>,
  now: ReadonlyArray<Transmission>,
  when: string
): ReadonlyArray<string> =>
  now.length - before.length === leave
    ? []
    : [`${when}: ${now.length - before.length} messages left, where ${leave} was to leave`]

/** What the other side has and the log does not know to be sent is listed. */
export const unlisted = (
  events: ReadonlyArray<AnyRecorded>,
  book: ReadonlyArray<Transmission>,
  held: ReadonlySet<string>
): ReadonlyArray<string> => {
  const sent = new Set<string>([
    ...isOf(events, "outbox.sent").map(({ data }) => data.whatsApp),
    // Dropped after an earlier restore, by decision.
    ...isOf(events, "outbox.cancelled").map(({ data }) => whatsAppIdOf(data.outbox))
  ])
  const queued = new Set<string>(
    events.flatMap((event) => {
      const entry = entryQueuedBy(event)
      return entry === undefined ? [] : [whatsAppIdOf(entry.outbox)]
    })
  )
  return book
    .filter(({ whatsapp }) => queued.has(whatsapp) && !sent.has(whatsapp) && !held.has(whatsapp))
    .map(({ whatsapp }) => `${whatsapp} left, and is neither known to be sent nor listed`)
}

/** What was released is sent; what was dropped is cancelled, and its verdict is suppressed as quarantined. */
export const isDecided = (
  events: ReadonlyArray<AnyRecorded>,
  all: ReadonlyArray<HeldMessage>,
  decision: QuarantineDecision
): boolean => {
  const ended = new Set<OutboxId>(
    (decision === "release" ? isOf(events, "outbox.sent") : isOf(events, "outbox.cancelled")).map(
      ({ data }) => data.outbox
    )
  )
  if (!all.every(({ outbox }) => ended.has(outbox))) return false
  const unsaid = isOf(events, "verdict.suppressed").filter(({ data }) => data.reason === "quarantined").length
  return decision === "release" || unsaid >= all.filter(({ priority }) => priority === "warning").length
}
