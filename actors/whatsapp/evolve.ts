/** One fold per event that the WhatsApp actor listens to. */
import { ErasureCompleted } from "../../contracts/account.ts"
import type { RecordedOf } from "../../contracts/catalogue.ts"
import type { Recorded } from "../../contracts/event.ts"
import type { WhatsAppId } from "../../contracts/ids.ts"
import {
  OutboxAcknowledged,
  OutboxCancelled,
  OutboxClaimed,
  OutboxFailed,
  OutboxSent,
  OutboxStepped,
  OutboxUnresolved,
  type Priority
} from "../../contracts/outbox.ts"
import { SettingsChanged } from "../../contracts/policy.ts"
import { entryQueuedBy, type Queueing, queueing } from "../../contracts/queued-entry.ts"
import type { State } from "../../infra/actor/state.ts"
import { foldHeard } from "./incoming/fold.ts"
import { heardEvents } from "./incoming/heard-events.ts"
import { foldKeepText } from "./incoming/keep-text.ts"
import { consentEvents, foldConsent } from "./incoming/withhold.ts"
import { type Claim, outbox, type OutboxEntry, spoken } from "./model.ts"
import { BackupRestored, OutboxReleased, QuarantineEnded } from "../../contracts/quarantine.ts"
import { foldBeginning, foldClaim } from "./pacing/spent.ts"
import {
  foldEnded,
  foldRestored,
  foldSaidBefore,
  holdQueued,
  mayHaveLeft,
  unhold
} from "./quarantine/fold.ts"
import { foldSession, type SessionEvent, sessionEvents } from "./session/fold.ts"
import { foldOutage } from "./session/outages.ts"

export const listens = [
  ...heardEvents,
  ...queueing,
  OutboxClaimed,
  OutboxSent,
  OutboxUnresolved,
  OutboxAcknowledged,
  OutboxStepped,
  OutboxFailed,
  OutboxCancelled,
  OutboxReleased,
  BackupRestored,
  QuarantineEnded,
  ...sessionEvents,
  ...consentEvents,
  SettingsChanged,
  ErasureCompleted
] as const

export type Heard = Recorded<(typeof listens)[number]>

/** Work: to send what is queued, and to find out what became of a claim without an outcome. */
export const deliverWork = "deliver"
export const resolveWork = "resolve"

export const urgency: { readonly [P in Priority]: number } = {
  warning: 0,
  notice: 1,
  bulk: 2,
  belated: 3
}

const openWork = (
  state: State,
  entry: OutboxEntry,
  kind: string,
  due: number,
  event: { id: string; correlation: string | undefined }
) =>
  state.open({
    key: entry.outbox,
    kind,
    priority: urgency[entry.priority],
    lane: entry.chat,
    due,
    cause: event.id,
    correlation: event.correlation ?? event.id
  })

/** The first entry of an id counts; whoever asked twice asked for the same. */
const queued = (state: State, event: Queueing) => {
  const asked = entryQueuedBy(event)
  if (asked === undefined || state.get(outbox, asked.outbox) !== undefined) return
  const entry: OutboxEntry = {
    ...asked,
    sequence: event.sequence,
    status: "queued",
    ...(asked.notAfter === undefined ? {} : { dueAt: Math.max(event.time, asked.notBefore ?? 0) }),
    ...(mayHaveLeft(state, event) ? { released: true } : {})
  }
  if (holdQueued(state, event, entry)) return
  state.put(outbox, entry.outbox, entry)
  openWork(state, entry, deliverWork, entry.notBefore ?? 0, event)
}

/** What became of a claim is found out; what waited leaves, unless the other side turns out to have it. */
const released = (state: State, event: RecordedOf<"outbox.released">) => {
  const entry = state.get(outbox, event.data.outbox)
  if (entry?.held === undefined) return
  // However late it is: that it leaves was decided.
  const { held: how, notAfter: _notAfter, ...rest } = entry
  unhold(state, entry.outbox)
  const next: OutboxEntry = { ...rest, released: true }
  state.put(outbox, entry.outbox, next)
  openWork(state, next, how === "claimed" ? resolveWork : deliverWork, next.notBefore ?? 0, event)
}

const claimed = (state: State, event: RecordedOf<"outbox.claimed">) => {
  foldClaim(state, event)
  const entry = state.get(outbox, event.data.outbox)
  if (entry === undefined || entry.status === "sent") return
  const { whatsApp, wire, attempt, targetWhatsApp } = event.data
  const claim = { whatsApp, wire, attempt, ...(targetWhatsApp === undefined ? {} : { targetWhatsApp }) }
  const next: OutboxEntry = {
    ...entry,
    status: "claimed",
    claim,
    claimedAt: entry.claimedAt ?? event.time,
    lastClaimedAt: event.time
  }
  state.put(outbox, entry.outbox, next)
  speak(state, entry, claim)
  openWork(state, next, resolveWork, 0, event)
}

/** Remembers what goes out under an id, for receivers that ask for it again; what is taken back is not said again. */
const speak = (state: State, { outbox: id }: OutboxEntry, { targetWhatsApp, whatsApp, wire }: Claim) => {
  const target = targetWhatsApp === undefined ? {} : { targetWhatsApp }
  state.put(spoken, whatsApp, { ...state.get(spoken, whatsApp), outbox: id, wire, ...target })
  const taken = targetWhatsApp === undefined ? undefined : state.get(spoken, targetWhatsApp)
  if (wire === "revoke" && taken !== undefined && targetWhatsApp !== undefined)
    state.put(spoken, targetWhatsApp, { ...taken, gone: true })
}

/**
 * Whether an outcome is one of a step that was left behind: another process, which stopped being the writer, may
 * say late what became of its attempt, and by then another way may have been taken.
 */
const isLate = ({ claim, status }: OutboxEntry, whatsApp: WhatsAppId): boolean =>
  claim !== undefined && (claim.whatsApp !== whatsApp || status === "queued")

/** The entry waits again, for its next step. */
const stepped = (state: State, event: RecordedOf<"outbox.stepped">) => {
  const { outcome, whatsApp, wire } = event.data
  const entry = state.get(outbox, event.data.outbox)
  if (entry?.status !== "claimed" || isLate(entry, whatsApp)) return
  const { claimedAt: _claimedAt, unresolved: _unresolved, ...rest } = entry
  const next: OutboxEntry = {
    ...rest,
    status: "queued",
    ...(outcome === "taken" ? { tookBack: true } : { refused: [...(entry.refused ?? []), wire] })
  }
  state.put(outbox, entry.outbox, next)
  openWork(state, next, deliverWork, 0, event)
}

const ended = (
  state: State,
  event: RecordedOf<"outbox.sent" | "outbox.failed" | "outbox.cancelled">,
  change: Partial<OutboxEntry> & Pick<OutboxEntry, "status">
) => {
  const entry = state.get(outbox, event.data.outbox)
  if (entry === undefined) return
  if (event.type !== "outbox.cancelled" && isLate(entry, event.data.whatsApp)) return
  const { body: _body, held, ...rest } = entry
  if (held !== undefined) unhold(state, entry.outbox)
  state.put(outbox, entry.outbox, { ...rest, ...change })
  state.close(entry.outbox)
}

/** By which request, so that the same one is answered as before. */
const cancellation = ({ cause = "", sequence }: RecordedOf<"outbox.cancelled">) => ({
  request: cause,
  sequence
})

/** When a message of ours that earlier entries speak of was first sent. */
const firstSentAt = (state: State, entry: OutboxEntry, visible: string | undefined): number | undefined => {
  const earlier = entry.target === undefined ? undefined : state.get(outbox, entry.target)
  if (earlier === undefined || visible === undefined) return undefined
  return earlier.visible === visible ? earlier.sentAt : firstSentAt(state, earlier, visible)
}

/** An edit shows under the id of what it edited, and WhatsApp counts its windows from when that was sent. */
const sent = (state: State, event: RecordedOf<"outbox.sent">) => {
  const { wire, whatsApp, at } = event.data
  const entry = state.get(outbox, event.data.outbox)
  const visible = wire === "edit" ? entry?.claim?.targetWhatsApp : whatsApp
  const edited = wire === "edit" && entry !== undefined ? firstSentAt(state, entry, visible) : undefined
  ended(state, event, { status: "sent", sentAt: edited ?? at, ...(visible === undefined ? {} : { visible }) })
}

const unresolved = (state: State, { data }: RecordedOf<"outbox.unresolved">) => {
  const entry = state.get(outbox, data.outbox)
  if (entry?.status === "claimed") state.put(outbox, entry.outbox, { ...entry, unresolved: data.attempt })
}

const acknowledged = (state: State, { data }: RecordedOf<"outbox.acknowledged">) => {
  for (const { level, outbox: id } of data.messages) {
    const entry = state.get(outbox, id)
    if (entry !== undefined) state.put(outbox, id, { ...entry, level })
  }
}

const sessionChanged = (state: State, event: SessionEvent): void => {
  foldSession(state, event)
  foldOutage(state, event)
}

export const evolve = (state: State, event: Heard): void => {
  switch (event.type) {
    case "message.received":
      foldSaidBefore(state, event)
      return foldHeard(state, event)
    case "message.edited":
    case "message.revoked":
    case "message.reacted":
    case "message.unreadable":
    case "message.unconsented":
    case "message.renamed":
    case "message.joined":
    case "message.left":
    case "message.admins-changed":
    case "message.person-linked":
    case "message.chat-linked":
      return foldHeard(state, event)
    case "outbox.queued":
    case "verdict.decided":
    case "verdict.revised":
    case "verdict.withdrawn":
    case "verdict.summarised":
      return queued(state, event)
    case "outbox.claimed":
      return claimed(state, event)
    case "outbox.sent":
      return sent(state, event)
    case "outbox.unresolved":
      return unresolved(state, event)
    case "outbox.acknowledged":
      return acknowledged(state, event)
    case "outbox.stepped":
      return stepped(state, event)
    case "outbox.failed":
      return ended(state, event, { status: "failed" })
    case "outbox.cancelled":
      return ended(state, event, { status: "cancelled", cancelled: cancellation(event) })
    case "session.linked":
    case "session.opened":
      foldBeginning(state, event)
      return sessionChanged(state, event)
    case "session.link-began":
    case "session.link-ended":
    case "session.degraded":
    case "session.recovered":
    case "session.closed":
    case "session.logged-out":
    case "session.refused":
      return sessionChanged(state, event)
    case "policy.consent-required":
    case "policy.consent-given":
    case "policy.consent-withdrawn":
    case "policy.opted-out":
    case "policy.opted-in":
      return foldConsent(state, event)
    case "backup.restored":
      return foldRestored(state, event)
    case "backup.quarantine-ended":
      return foldEnded(state)
    case "outbox.released":
      return released(state, event)
    case "policy.settings-changed":
      return foldKeepText(state, event)
    case "erasure.completed":
      // What waited for the forgotten is found unreadable when its turn comes, and is cancelled then.
      return
  }
}
