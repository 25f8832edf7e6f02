/** The declarations' own examples, and how tests vary them. */
import { ErasureCompleted } from "../../contracts/account.ts"
import type { AnyFact } from "../../contracts/catalogue.ts"
import { events } from "../../contracts/catalogue.ts"
import { ChatId, LinkId, MessageKey, OutboxId, PersonId } from "../../contracts/ids.ts"
import { ChatLinked } from "../../contracts/membership.ts"
import {
  ChatRenamed,
  MessageEdited,
  MessageReacted,
  MessageReceived,
  MessageRevoked,
  MessageUnreadable
} from "../../contracts/message.ts"
import {
  OutboxAcknowledged,
  OutboxCancelled,
  OutboxClaimed,
  OutboxFailed,
  OutboxQueued,
  OutboxSent,
  OutboxUnresolved
} from "../../contracts/outbox.ts"
import { JobDecided } from "../../contracts/quarantine.ts"
import { Muted, SettingsChanged, Unmuted } from "../../contracts/policy.ts"
import {
  JobCreated,
  JobResumed,
  OccurrenceFinished,
  OccurrenceFired,
  OccurrenceSkipped,
  OccurrencesMissed
} from "../../contracts/schedule.ts"
import { ScanCompleted } from "../../contracts/scan.ts"
import {
  VerdictDecided,
  VerdictRevised,
  VerdictSuppressed,
  VerdictWithdrawn
} from "../../contracts/verdict.ts"

/** Makes a fact of a declaration's example, with some of it changed. */
const vary =
  <Data extends object, F extends AnyFact>(type: { (data: Data): F; readonly example: unknown }) =>
  (changes: Partial<Data> = {}): F =>
    type({ ...(type.example as Data), ...changes })

export const received = vary(MessageReceived)
export const edited = vary(MessageEdited)
export const revoked = vary(MessageRevoked)
export const renamed = vary(ChatRenamed)
export const reacted = vary(MessageReacted)
export const unreadable = vary(MessageUnreadable)
export const chatLinked = vary(ChatLinked)
export const muted = vary(Muted)
export const unmuted = vary(Unmuted)
export const settingsChanged = vary(SettingsChanged)
export const scanned = vary(ScanCompleted)
export const decided = vary(VerdictDecided)
export const suppressed = vary(VerdictSuppressed)
export const revised = vary(VerdictRevised)
export const withdrawn = vary(VerdictWithdrawn)
export const queued = vary(OutboxQueued)
export const claimed = vary(OutboxClaimed)
export const sent = vary(OutboxSent)
export const unresolved = vary(OutboxUnresolved)
export const acknowledged = vary(OutboxAcknowledged)
export const failed = vary(OutboxFailed)
export const cancelled = vary(OutboxCancelled)
export const jobCreated = vary(JobCreated)
export const jobResumed = vary(JobResumed)
export const jobDecided = vary(JobDecided)
export const occurrenceFired = vary(OccurrenceFired)
export const occurrenceSkipped = vary(OccurrenceSkipped)
export const occurrencesMissed = vary(OccurrencesMissed)
export const occurrenceFinished = vary(OccurrenceFinished)
export const erased = vary(ErasureCompleted)

/** One fact of every event there is, in the order of the catalogue. */
export const everyExample: ReadonlyArray<AnyFact> = events.map(
  (type) => ({ type: type.type, data: type.example }) as unknown as AnyFact
)

export const chat = ChatId.make("c0example0")
export const otherChat = ChatId.make("c0example1")
export const sender = PersonId.make("p0example0")
export const otherSender = PersonId.make("p0example1")
export const message = MessageKey.make("0123456789abcdef0123456789abcdef01234567")
export const otherMessage = MessageKey.make("1123456789abcdef0123456789abcdef01234567")
export const link = LinkId.make("a9993e364706816aba3e25717850c26c9cd0d89d")
export const otherLink = LinkId.make("b9993e364706816aba3e25717850c26c9cd0d89d")
export const notice = OutboxId.make("da39a3ee5e6b4b0d3255bfef95601890afd80709")
/** Of the examples that correct that one, or take it back. */
export const laterNotice = OutboxId.make("5ba93c9db0cff93f52b521d7420e43f6eda2784f")

/** A link of a message, in the clear and as it was spelled. */
export const posted = (of: LinkId, url: string) => {
  const host = received().data.links[0]!.host
  return {
    links: [{ link: of, host, domains: [host] }],
    said: {
      text: `look ${url}`,
      whatsAppId: "3A01",
      links: [{ link: of, url, raw: url, start: 5, end: 5 + url.length, defanged: false }]
    }
  }
}
