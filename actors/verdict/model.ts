/**
 * What the verdict actor keeps of the log. Of messages and scans it keeps no words: they are in the log, sealed,
 * at a place that it knows.
 */
import type {
  ChatId,
  HostId,
  LinkId,
  MessageKey,
  OutboxId,
  OverrideId,
  PersonId
} from "../../contracts/ids.ts"
import type { Level } from "../../contracts/level.ts"
import type { Gateway } from "../../contracts/message.ts"
import type { Sealed } from "../../contracts/personal.ts"
import type { ChatSettings, OverrideEffect, OverrideMatch, OverrideWords } from "../../contracts/policy.ts"
import { collection, keyOf } from "../../infra/actor/collection.ts"

/** What a chat was last told, or would have been told, about a sighting. */
export interface Told {
  readonly level: Level
  readonly spoken: boolean
  /** The outbox entry that says it, where something is said. */
  readonly notice?: OutboxId
}

/** The message was deleted, the link edited away, or the chat cannot be told any more. */
export const gone = ["message-revoked", "link-edited-away", "undeliverable"] as const

/** One link in one message in one chat. */
export interface Sighting {
  readonly chat: ChatId
  readonly message: MessageKey
  readonly link: LinkId
  readonly sender: PersonId
  readonly gateway: Gateway
  readonly host: HostId
  readonly domains: ReadonlyArray<HostId>
  /** The place and time of the message in the log, which say whether an earlier scan answers for it. */
  readonly sequence: number
  readonly time: number
  /** The place of the event that holds the message's words as they are now. */
  readonly words: number
  readonly told?: Told
  readonly gone?: (typeof gone)[number]
  readonly withdrawn?: true
  /** The retraction of what was said before the link was put back: nothing must be said beside that. */
  readonly earlier?: OutboxId
}

/** The newest result for a link. What it found is in the event at its sequence. */
export interface Scan {
  readonly link: LinkId
  readonly sequence: number
  readonly level: Level
  readonly ruleSet: string
  readonly validUntil: number
}

/** How a chat wants to be treated. */
export interface Policy {
  readonly settings: ChatSettings
  /** Milliseconds since the epoch; 0 when the chat is not muted. */
  readonly mutedUntil: number
  /** The last sequence that changed it. */
  readonly sequence: number
}

/** What was set of a policy: without settings, the defaults hold. */
export type PolicySet = Omit<Policy, "settings"> & { readonly settings?: ChatSettings }

export interface Override {
  readonly override: OverrideId
  readonly chat?: ChatId
  readonly match: OverrideMatch
  /** What it was set with, and what it was given before each erasure since: all of them count. */
  readonly tokens: ReadonlyArray<string>
  /** What the next tokens are made from. */
  readonly words: Sealed<typeof OverrideWords.Type>
  readonly effect: OverrideEffect
  readonly sequence: number
}

/** By chat. */
export const policies = collection<PolicySet>("policy")
/** By a chat that turned out to be another one, too: that one, by which it goes from then on. */
export const standsFor = collection<ChatId>("stands-for")
/** By override. */
export const overrides = collection<Override>("override")
/** Overrides by what they match: each of their tokens, and the override. */
export const overridesByToken = collection<true>("override-by-token")

/** The name of a sighting among the open work. */
export const sightingKey = (it: Pick<Sighting, "chat" | "message" | "link">): string =>
  keyOf(it.chat, it.message, it.link)

/** The sighting that a name stands for. */
export const parseSightingKey = (key: string): Pick<Sighting, "chat" | "message" | "link"> => {
  const [chat, message, link] = key.split("/") as [ChatId, MessageKey, LinkId]
  return { chat, message, link }
}
