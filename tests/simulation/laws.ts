/**
 * The laws as a function of what the log holds and of what the other side got. It answers with every breach,
 * in words, and knows nothing of how the actors work.
 */
import type { AnyRecorded, RecordedOf } from "../../contracts/catalogue.ts"
import type { WireMessage } from "../../actors/whatsapp/gateway.ts"
import type { Receiver, Shown } from "../actors/whatsapp/receiver.ts"
import { silenceBroken } from "./silence-law.ts"

/** What the other side got, and how long the log was at that moment. */
export interface Transmission {
  readonly message: WireMessage
  readonly logLength: number
}

const named = <Name extends AnyRecorded["type"]>(log: ReadonlyArray<AnyRecorded>, name: Name) =>
  log.filter((event): event is RecordedOf<Name> => event.type === name)

/** Law 1: a message is in the log once. */
const messagesOnce = (log: ReadonlyArray<AnyRecorded>): ReadonlyArray<string> => {
  const seen = new Set<string>()
  return named(log, "message.received").flatMap(({ data, sequence }) => {
    const key = `${data.chat}/${data.message}`
    if (seen.has(key)) return [`law 1: message ${key} is in the log again at ${sequence}`]
    seen.add(key)
    return []
  })
}

/** Law 3: one WhatsApp id per step of an entry; written again only while unresolved; nothing after a cancellation. */
const sendsOnce = (
  log: ReadonlyArray<AnyRecorded>,
  transmissions: ReadonlyArray<Transmission>
): ReadonlyArray<string> => {
  const claims = named(log, "outbox.claimed")
  const entryOf = new Map(claims.map(({ data }) => [data.whatsApp, data.outbox]))
  const idOf = new Map<string, string>()
  const breaches: Array<string> = []
  for (const { data } of claims) {
    const step = `${data.wire} of ${data.outbox}`
    const before = idOf.get(step)
    if (before !== undefined && before !== data.whatsApp)
      breaches.push(`law 3: the ${step} was claimed under two WhatsApp ids`)
    idOf.set(step, data.whatsApp)
  }
  const ends = new Map<string, number>()
  for (const event of log)
    if (event.type === "outbox.sent" || event.type === "outbox.cancelled" || event.type === "outbox.failed")
      if (!ends.has(event.data.outbox)) ends.set(event.data.outbox, event.sequence)
  for (const { message, logLength } of transmissions) {
    const entry = entryOf.get(message.whatsApp)
    if (entry === undefined) breaches.push(`law 3: ${message.whatsApp} was sent without a claim`)
    else if ((ends.get(entry) ?? Infinity) <= logLength)
      breaches.push(`law 3: ${entry} was sent after it had ended at ${ends.get(entry)}`)
  }
  return breaches
}

type Verdict = RecordedOf<"verdict.decided" | "verdict.revised" | "verdict.withdrawn">

const verdicts = (log: ReadonlyArray<AnyRecorded>): ReadonlyArray<Verdict> =>
  log.filter(
    (event): event is Verdict =>
      event.type === "verdict.decided" ||
      event.type === "verdict.revised" ||
      event.type === "verdict.withdrawn"
  )

/** What a verdict holds its link to be. */
const levelOf = (verdict: Verdict) =>
  verdict.type === "verdict.revised" ? verdict.data.to : verdict.data.level

const nameOf = ({ data }: Verdict) => `${data.chat}/${data.message}/${data.link}`

/** The link in a message that a transmission is about; `undefined` where no verdict asked for it. */
export const sightingOf = (
  log: ReadonlyArray<AnyRecorded>,
  { whatsApp }: WireMessage
): string | undefined => {
  const outbox = named(log, "outbox.claimed").find(({ data }) => data.whatsApp === whatsApp)?.data.outbox
  const verdict = verdicts(log).find(({ data }) => data.notice?.outbox === outbox)
  return outbox === undefined || verdict === undefined ? undefined : nameOf(verdict)
}

type Notices = ReadonlyMap<string, Verdict>

/** The verdict whose reaction took the place of a notice on the same message, and speaks of its link as well. */
const sharedWith = (log: ReadonlyArray<AnyRecorded>): Notices =>
  new Map(
    verdicts(log).flatMap((verdict) => {
      const { notice } = verdict.data
      return notice?.kind === "reaction" && notice.target !== undefined ? [[notice.target, verdict]] : []
    })
  )

/** Whether a transmission is a reaction that speaks of several links of a message. */
export const speaksOfSeveral = (log: ReadonlyArray<AnyRecorded>, whatsApp: string): boolean => {
  const outbox = named(log, "outbox.claimed").find(({ data }) => data.whatsApp === whatsApp)?.data.outbox
  return [...sharedWith(log)].some(
    ([earlier, { data }]) => earlier === outbox || data.notice!.outbox === outbox
  )
}

/** The entry that speaks of a link in the end, after reactions of other links have taken its place. */
const lastOf = (verdict: Verdict, shared: Notices): Verdict => {
  const next = shared.get(verdict.data.notice!.outbox)
  return next === undefined || nameOf(next) === nameOf(verdict) ? verdict : lastOf(next, shared)
}

/** Whether a verdict takes back what was said of its link. */
const unsays = (verdict: Verdict): boolean =>
  verdict.type === "verdict.withdrawn" ||
  (verdict.type === "verdict.revised" && verdict.data.action === "none")

/** Where what was said cannot be taken back, a reply says that it no longer holds. */
const isReplyToWhatStays = (removable: ReadonlyArray<Shown>, shown: ReadonlyArray<Shown>): boolean =>
  removable.length === 1 && shown.length > 1

/** Law 2 at rest: what was said last stands, and nothing stands beside it or after it was taken back. */
const lastWordStands = (log: ReadonlyArray<AnyRecorded>, receiver: Receiver): ReadonlyArray<string> => {
  const last = new Map<string, Verdict>()
  for (const verdict of verdicts(log))
    if (verdict.data.notice !== undefined) last.set(nameOf(verdict), verdict)
  const sent = new Set<string>(named(log, "outbox.sent").map(({ data }) => data.outbox))
  const shared = sharedWith(log)
  const claims = new Map<string, string>(
    named(log, "outbox.claimed").map(({ data }) => [data.whatsApp, data.outbox])
  )
  /** Entries that could not take back what stood: a reaction may stand for another link. */
  const refusedBack = new Set<string>(
    named(log, "outbox.stepped").flatMap(({ data: { outbox, outcome, wire } }) =>
      outcome === "refused" && wire === "unreact" ? [outbox] : []
    )
  )
  const isOf = (verdict: Verdict, { whatsApp }: Shown) => claims.get(whatsApp) === verdict.data.notice!.outbox
  return [...last].flatMap(([sighting, verdict]) => {
    // Where others share the reaction it goes on to speak of those.
    if (unsays(verdict) && verdict.data.notice!.kind === "reaction") return []
    const end = unsays(verdict) ? verdict : lastOf(verdict, shared)
    if (!sent.has(end.data.notice!.outbox)) return []
    // Of what stands for another link only the reaction speaks of this one too.
    const shown = receiver.shown(nameOf(end)).filter((it) => end === verdict || it.isReaction)
    const removable = shown.filter(
      (it) => !it.stays && (isOf(end, it) || !(it.isReaction && speaksOfSeveral(log, it.whatsApp)))
    )
    const holds = unsays(verdict)
      ? removable.length === 0 ||
        ((isReplyToWhatStays(removable, shown) || refusedBack.has(end.data.notice!.outbox)) &&
          removable.length === 1 &&
          isOf(end, removable[0]!))
      : removable.length <= 1 && shown.length > 0
    return holds ? [] : [`law 2: after its last word ${sighting} is shown ${shown.length} times`]
  })
}

/** What must hold after every step. */
export const breachesAlways = (
  log: ReadonlyArray<AnyRecorded>,
  transmissions: ReadonlyArray<Transmission>,
  receiver: Receiver
): ReadonlyArray<string> => [...messagesOnce(log), ...sendsOnce(log, transmissions), ...receiver.breaches()]

/** Law 1 at rest: everything that was acknowledged is in the log, and every link has been judged. */
const nothingLost = (
  log: ReadonlyArray<AnyRecorded>,
  acknowledged: ReadonlySet<number>
): ReadonlyArray<string> => {
  const judged = new Set<string>()
  const edited = new Map<string, number>()
  for (const event of log) {
    if (
      event.type === "verdict.decided" ||
      event.type === "verdict.suppressed" ||
      event.type === "verdict.deferred"
    )
      judged.add(`${event.data.chat}/${event.data.message}/${event.data.link}`)
    if (event.type !== "message.edited") continue
    const message = `${event.data.chat}/${event.data.message}`
    edited.set(message, edited.get(message) ?? event.sequence)
  }
  const missing = [...acknowledged]
    .filter((sequence) => log[sequence - 1]?.type.startsWith("message.") !== true)
    .map((sequence) => `law 4: sequence ${sequence} was acknowledged and holds no message`)
  // The words of the forgotten may be gone before anyone could read the links in them.
  const forgotten = new Set<string>(named(log, "erasure.requested").map(({ data }) => data.subject))
  const unjudged = log.flatMap((event) => {
    if (event.type !== "message.received" && event.type !== "message.edited") return []
    if (forgotten.has(event.data.sender)) return []
    const message = `${event.data.chat}/${event.data.message}`
    // An edit may be heard before the post, whose links nobody sees then.
    if (event.type === "message.received" && (edited.get(message) ?? Infinity) < event.sequence) return []
    return event.data.links
      .map(({ link }) => `${message}/${link}`)
      .filter((sighting) => !judged.has(sighting))
      .map((sighting) => `law 1: ${sighting} of ${event.sequence} was never judged`)
  })
  return [...missing, ...unjudged]
}

/** Law 10 at rest: whoever asked to be forgotten is. */
const everyErasureEnds = (log: ReadonlyArray<AnyRecorded>): ReadonlyArray<string> => {
  const completed = new Set<string>(named(log, "erasure.completed").map(({ data }) => data.subject))
  return named(log, "erasure.requested")
    .filter(({ data }) => !completed.has(data.subject))
    .map(({ data }) => `law 10: ${data.subject} was never forgotten`)
}

/** Law 6 at rest: the last word on a malicious link was delivered, or suppressed for a reason of the list. */
const everyWarningEnds = (log: ReadonlyArray<AnyRecorded>): ReadonlyArray<string> => {
  const last = new Map<string, AnyRecorded>()
  const standing = new Map<string, Verdict>()
  const status = new Map<string, string>()
  const shared = sharedWith(log)
  for (const event of log) {
    if (event.type.startsWith("verdict.") && "link" in event.data && "message" in event.data)
      last.set(`${event.data.chat}/${event.data.message}/${event.data.link}`, event)
    if ((event.type === "verdict.decided" || event.type === "verdict.revised") && event.data.notice)
      standing.set(nameOf(event), event)
    if (event.type === "outbox.sent" || event.type === "outbox.cancelled" || event.type === "outbox.failed")
      status.set(event.data.outbox, event.type)
  }
  return [...last].flatMap(([sighting, event]) => {
    const level =
      event.type === "verdict.decided" || event.type === "verdict.revised" ? levelOf(event) : undefined
    if (level !== "malicious") return []
    // Where what stands turned out to be right after all, nothing is said anew.
    const spoken = standing.get(sighting)
    const isSaid = spoken === event || (spoken !== undefined && levelOf(spoken) === level)
    const notice = isSaid ? lastOf(spoken, shared).data.notice?.outbox : undefined
    const end = notice === undefined ? "never queued" : (status.get(notice) ?? "still waiting")
    return end === "outbox.sent" ? [] : [`law 6: the warning on ${sighting} ended as: ${end}`]
  })
}

/** What must hold once everything has come to rest. */
export const breachesAtRest = (
  log: ReadonlyArray<AnyRecorded>,
  transmissions: ReadonlyArray<Transmission>,
  receiver: Receiver,
  acknowledged: ReadonlySet<number>
): ReadonlyArray<string> => [
  ...breachesAlways(log, transmissions, receiver),
  ...lastWordStands(log, receiver),
  ...nothingLost(log, acknowledged),
  ...everyWarningEnds(log),
  ...silenceBroken(log),
  ...everyErasureEnds(log)
]
