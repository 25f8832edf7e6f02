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
import type { UnreadReason } from "../../contracts/consent.ts"
import type { Level } from "../../contracts/level.ts"
import type { Gateway } from "../../contracts/message.ts"
import type { Sealed } from "../../contracts/personal.ts"
import type { ChatSettings, OwnSettings } from "../../contracts/chat-settings.ts"
import type { OverrideEffect, OverrideMatch, OverrideWords } from "../../contracts/policy.ts"
import { collection, keyOf } from "../../infra/actor/collection.ts"

/** How something is said: in words, or by the one reaction that the account has on a message. */
export const ways = ["text", "reaction"] as const
export type Way = (typeof ways)[number]

/** What a chat was last told, or would have been told, about a sighting. */
export interface Told {
  readonly level: Level
  /** The outbox entry that says it, where something is said; of reactions, the last one on the message. */
  readonly notice?: OutboxId
  /** How it is said, where it is. */
  readonly by?: Way
}

/** The message was deleted, the link edited away, or the chat cannot be told any more. */
export const gone = ["message-revoked", "link-edited-away", "undeliverable", "quarantined"] as const

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
  /** What took back what was said of it before: nothing must be said beside that. */
  readonly earlier?: OutboxId
  /** How it cannot be said: the other side refused that for good. */
  readonly refused?: Way
  /** The end of the quiet hours until which it is not decided about, in milliseconds since the epoch. */
  readonly deferredUntil?: number
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
  /** Why what was said may not be read, for whom it was asked. */
  readonly unread?: UnreadReason
}

/** What was set of a policy, in a chat or for all of them: what is not set there holds from elsewhere. */
export type PolicySet = Omit<Policy, "settings" | "unread"> & { readonly settings?: OwnSettings }

/** The last time that a link was warned about in words in a chat, and where. */
export interface Voiced {
  readonly message: MessageKey
  readonly level: Level
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** A warning in words that a chat got: of another link than those before, or of one whose cooldown was over. */
export interface Voice {
  readonly level: Level
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** A notice that has not left: the link that it tells of, and what held of that before. */
export interface Unsent extends Pick<Sighting, "chat" | "message" | "link" | "told" | "earlier"> {
  /** The place of the verdict that queued it. */
  readonly sequence: number
}

export interface Override {
  readonly override: OverrideId
  readonly chat?: ChatId
  readonly match: OverrideMatch
  /** What it was set with, and what it was given before each erasure since: all of them count. */
  readonly tokens: ReadonlyArray<string>
  /** What the next tokens are made from. */
  readonly words: Sealed<typeof OverrideWords.Type>
  readonly effect: OverrideEffect
  /** Milliseconds since the epoch; absent where it does not run out. */
  readonly expiresAt?: number
  readonly sequence: number
}

/** By chat, and what holds for all of them by `allChats`. */
export const policies = collection<PolicySet>("policy")
/** No chat has this id. */
export const allChats = "all"
/** By chat and link. */
export const voiced = collection<Voiced>("voiced")
/** By chat: its last warnings in words, as many as decide whether there may be another one. */
export const voices = collection<ReadonlyArray<Voice>>("voices")
/** By chat and message: the last entry of the outbox that changed the one reaction there. */
export const slots = collection<OutboxId>("slot")
/** By chat, message and link: what waits for the end of quiet hours. */
export const deferred = collection<true>("deferred")
/** By chat, message and link: the level that was kept back of a link whose earlier notice stands. */
export const keptBack = collection<Level>("kept-back")
/** By chat, message and link: what the mute that holds has silenced. */
export const silenced = collection<Level>("silenced")
/** By chat and entry of the outbox: the notices that have not left. */
export const unsent = collection<Unsent>("unsent")
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
