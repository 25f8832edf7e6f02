/** What becomes of a queued entry when its turn comes, and of a step of it. Pure: time comes in as input. */
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

/** A message of ours that the chat sees. */
interface Standing {
  readonly whatsApp: WhatsAppId
  readonly sentAt: number
  readonly isReaction: boolean
}

/** What the chat saw of all that was said before. */
interface Seen {
  /** Entries that still wait. */
  readonly waiting: ReadonlyArray<OutboxId>
  /** The newest message that stands in the chat. */
  readonly standing?: Standing
  /** An entry that may or may not have reached the chat. */
  readonly unresolved?: OutboxEntry
}

/** Whether it is the words themselves that go out, and no change to earlier ones. */
export const saysAll = (wire: WireKind): wire is Whole => wires.has(wire)

/** What changes nothing that was said before. */
type Whole = "text" | "media" | "reaction" | "delete" | "admit"
const wires: ReadonlySet<WireKind> = new Set<Whole>(["text", "media", "reaction", "delete", "admit"])

const takesBack = (wire: WireKind | undefined) => wire === "revoke" || wire === "unreact"

/**
 * Looks back from the newest to what stands in the chat. What waits, was called off or failed never changed
 * that, unless it had begun to; what was taken back leaves nothing standing.
 */
const look = (earlier: Iterable<OutboxEntry>): Seen => {
  const waiting: Array<OutboxId> = []
  for (const entry of earlier) {
    if (entry.status === "claimed") return { waiting, unresolved: entry }
    if (entry.status === "queued") waiting.push(entry.outbox)
    if (entry.status === "sent") {
      if (takesBack(entry.claim?.wire) || entry.visible === undefined) return { waiting }
      const isReaction = entry.claim?.wire === "reaction"
      return { waiting, standing: { whatsApp: entry.visible, sentAt: entry.sentAt ?? 0, isReaction } }
    }
    if (entry.tookBack === true) return { waiting }
  }
  return { waiting }
}

/** How what stands can be taken back now, or `undefined` where it cannot. */
const wayBack = (entry: OutboxEntry, standing: Standing, now: number): "revoke" | "unreact" | undefined => {
  const wire = standing.isReaction ? "unreact" : "revoke"
  if (entry.refused?.includes(wire) === true) return undefined
  // A reaction is taken back by an empty one, at any time.
  return standing.isReaction || now - standing.sentAt < revokeWindowMillis ? wire : undefined
}

/**
 * An edit while WhatsApp takes it; then what stands is taken back, and what takes its place follows; then what
 * stands has to stay, and one more message follows it. A reaction changes by another one.
 */
const replacement = (
  entry: OutboxEntry,
  standing: Standing,
  now: number
): { readonly wire: WireKind; readonly target?: WhatsAppId } => {
  const target = standing.whatsApp
  if (entry.kind === "reaction") {
    if (standing.isReaction) return { wire: "reaction" }
  } else if (
    !standing.isReaction &&
    now - standing.sentAt < editWindowMillis &&
    entry.refused?.includes("edit") !== true
  )
    return { wire: "edit", target }
  const back = wayBack(entry, standing, now)
  return back === undefined ? { wire: lastWire(entry) } : { wire: back, target }
}

/** How an entry says what it says where nothing stands. */
const lastWire = ({ kind }: OutboxEntry): Whole => {
  if (kind === "deletion") return "delete"
  if (kind === "admission") return "admit"
  return kind === "reaction" || kind === "media" ? kind : "text"
}

/** What is said or done whatever was said before. */
const standsAlone = ({ kind }: OutboxEntry): boolean =>
  kind === "text" || kind === "media" || kind === "deletion" || kind === "admission"

/**
 * What to do with an entry, given the time in milliseconds and the earlier entries that it is about: the one
 * that it names, the one which that one names, and so on.
 */
export const turn = (entry: OutboxEntry, earlier: Iterable<OutboxEntry>, now: number): Turn => {
  if (standsAlone(entry)) return { do: "send", wire: lastWire(entry), supersedes: [] }
  const { standing, unresolved, waiting: supersedes } = look(earlier)
  if (unresolved !== undefined) return { do: "resolve", target: unresolved }
  if (entry.tookBack === true) return { do: "send", wire: lastWire(entry), supersedes }
  if (entry.kind === "retraction") {
    const wire = standing === undefined ? undefined : wayBack(entry, standing, now)
    if (standing !== undefined && wire !== undefined)
      return { do: "send", wire, target: standing.whatsApp, supersedes }
  } else {
    if (standing !== undefined) return { do: "send", ...replacement(entry, standing, now), supersedes }
    if (entry.kind === "reaction" || entry.standalone)
      return { do: "send", wire: lastWire(entry), supersedes }
  }
  return { do: "cancel", reason: "nothing-to-correct", supersedes }
}

/**
 * What an entry has come to once the receiving side took what was written: it is sent, or it has taken one step.
 * A correction that only calms has said all by taking a reaction back.
 */
export const whenTaken = ({ kind, standalone }: OutboxEntry, wire: WireKind): "sent" | "stepped" => {
  if (!takesBack(wire) || kind === "retraction") return "sent"
  return wire === "unreact" && kind === "correction" && !standalone ? "sent" : "stepped"
}

/** What it has come to once the receiving side refused that for good: it failed, or there is another way. */
export const whenRefused = ({ kind }: OutboxEntry, wire: WireKind): "failed" | "stepped" =>
  kind === "retraction" || saysAll(wire) ? "failed" : "stepped"
