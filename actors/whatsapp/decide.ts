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
      readonly supersedes?: OutboxId
    }
  /** Nothing is left to say; an earlier entry that was never sent goes with it. */
  | { readonly do: "cancel"; readonly reason: "nothing-to-correct"; readonly supersedes?: OutboxId }
  /** What became of the earlier entry has to be found out first. */
  | { readonly do: "resolve"; readonly target: OutboxEntry }

const supersede = (target: OutboxEntry) => (target.status === "queued" ? { supersedes: target.outbox } : {})

const correction = (entry: OutboxEntry, target: OutboxEntry | undefined, now: number): Turn => {
  if (target?.status === "claimed") return { do: "resolve", target }
  if (target?.status === "sent" && target.visible !== undefined && target.claim?.wire !== "reaction") {
    return now - (target.sentAt ?? 0) < editWindowMillis
      ? { do: "send", wire: "edit", target: target.visible }
      : { do: "send", wire: "text" }
  }
  const gone = target === undefined ? {} : supersede(target)
  // A reaction said earlier cannot be edited: the other word on it is another reaction or a reply.
  if (target?.status === "sent" || entry.standalone) return { do: "send", wire: "text", ...gone }
  return { do: "cancel", reason: "nothing-to-correct", ...gone }
}

const retraction = (target: OutboxEntry | undefined, now: number): Turn => {
  if (target?.status === "claimed") return { do: "resolve", target }
  if (
    target?.status === "sent" &&
    target.visible !== undefined &&
    now - (target.sentAt ?? 0) < revokeWindowMillis
  )
    return { do: "send", wire: "revoke", target: target.visible }
  return { do: "cancel", reason: "nothing-to-correct", ...(target === undefined ? {} : supersede(target)) }
}

/** What to do with an entry, given the earlier one it is about and the time in milliseconds. */
export const turn = (entry: OutboxEntry, target: OutboxEntry | undefined, now: number): Turn => {
  switch (entry.kind) {
    case "text":
      return { do: "send", wire: "text" }
    case "reaction":
      return { do: "send", wire: "reaction" }
    case "correction":
      return correction(entry, target, now)
    case "retraction":
      return retraction(target, now)
  }
}
