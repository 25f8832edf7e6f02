/** What becomes of a queued entry when its turn comes. Pure: time comes in as input. */
import type { OutboxId, WhatsAppId } from "../../contracts/ids.ts"
import type { WireKind } from "../../contracts/outbox.ts"
import type { OutboxEntry } from "./model.ts"

/** WhatsApp takes edits for about fifteen minutes after sending; a minute is left for clocks to differ. */
const editWindowMillis = 14 * 60_000
/** WhatsApp takes deletions for about two days; an hour is left for clocks to differ. */
const revokeWindowMillis = 47 * 60 * 60_000

export type Turn =
  | {
      readonly do: "send"
      readonly wire: WireKind
      readonly target?: WhatsAppId
      /** Earlier entries that still wait, and whose place this one takes. */
      readonly supersedes: ReadonlyArray<OutboxId>
    }
  /** Nothing is left to say; earlier entries that were never sent go with it. */
  | {
      readonly do: "cancel"
      readonly reason: "nothing-to-correct"
      readonly supersedes: ReadonlyArray<OutboxId>
    }
  /** What became of an earlier entry has to be found out first. */
  | { readonly do: "resolve"; readonly target: OutboxEntry }

/** What the chat saw of all that was said before. */
interface Seen {
  /** Entries that still wait. */
  readonly waiting: ReadonlyArray<OutboxId>
  /** The newest message that stands in the chat. */
  readonly standing?: { readonly whatsApp: WhatsAppId; readonly sentAt: number; readonly isReaction: boolean }
  /** An entry that may or may not have reached the chat. */
  readonly unresolved?: OutboxEntry
}

/**
 * Looks back from the newest to what stands in the chat. What waits, was called off or failed never changed
 * that; what was taken back leaves nothing standing.
 */
const look = (earlier: ReadonlyArray<OutboxEntry>): Seen => {
  const waiting: Array<OutboxId> = []
  for (const entry of earlier) {
    if (entry.status === "claimed") return { waiting, unresolved: entry }
    if (entry.status === "queued") waiting.push(entry.outbox)
    if (entry.status !== "sent") continue
    if (entry.claim?.wire === "revoke" || entry.visible === undefined) return { waiting }
    const isReaction = entry.claim?.wire === "reaction"
    return { waiting, standing: { whatsApp: entry.visible, sentAt: entry.sentAt ?? 0, isReaction } }
  }
  return { waiting }
}

const nothingToCorrect = (supersedes: ReadonlyArray<OutboxId>): Turn => ({
  do: "cancel",
  reason: "nothing-to-correct",
  supersedes
})

const correction = (entry: OutboxEntry, seen: Seen, now: number): Turn => {
  const { standing, waiting: supersedes } = seen
  // A reaction cannot be edited: the other word on it is a reply.
  if (standing !== undefined && !standing.isReaction && now - standing.sentAt < editWindowMillis)
    return { do: "send", wire: "edit", target: standing.whatsApp, supersedes }
  if (standing !== undefined || entry.standalone) return { do: "send", wire: "text", supersedes }
  return nothingToCorrect(supersedes)
}

const retraction = ({ standing, waiting: supersedes }: Seen, now: number): Turn =>
  standing !== undefined && now - standing.sentAt < revokeWindowMillis
    ? { do: "send", wire: "revoke", target: standing.whatsApp, supersedes }
    : nothingToCorrect(supersedes)

/**
 * What to do with an entry, given the time in milliseconds and the earlier entries that it is about: the one
 * that it names, the one which that one names, and so on.
 */
export const turn = (entry: OutboxEntry, earlier: ReadonlyArray<OutboxEntry>, now: number): Turn => {
  if (entry.kind === "text" || entry.kind === "reaction")
    return { do: "send", wire: entry.kind, supersedes: [] }
  const seen = look(earlier)
  if (seen.unresolved !== undefined) return { do: "resolve", target: seen.unresolved }
  return entry.kind === "correction" ? correction(entry, seen, now) : retraction(seen, now)
}
