/** What the verdict actor keeps of the log. Words stay sealed, so that they die with their keys. */
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
import type { Gateway, Said } from "../../contracts/message.ts"
import type { Sealed } from "../../contracts/personal.ts"
import type { ChatSettings, OverrideEffect, OverrideMatch } from "../../contracts/policy.ts"
import type { Found, WeighedEvidence } from "../../contracts/scan.ts"
import { collection, keyOf } from "../../infra/actor/collection.ts"

/** What a chat was last told, or would have been told, about a sighting. */
export interface Told {
  readonly level: Level
  readonly spoken: boolean
  /** The outbox entry that says it, where something is said. */
  readonly notice?: OutboxId
}

/** One link in one message in one chat. */
export interface Sighting {
  readonly chat: ChatId
  readonly message: MessageKey
  readonly link: LinkId
  readonly sender: PersonId
  readonly host: HostId
  readonly domains: ReadonlyArray<HostId>
  /** The place and time of the message in the log, which say whether an earlier scan answers for it. */
  readonly sequence: number
  readonly time: number
  readonly told?: Told
  /** The message was deleted, the link edited away, or the chat cannot be told any more. */
  readonly gone?: "message-revoked" | "link-edited-away" | "undeliverable"
  readonly withdrawn?: true
  /** The retraction of what was said before the link was put back: nothing must be said beside that. */
  readonly earlier?: OutboxId
}

export interface Message {
  readonly chat: ChatId
  readonly gateway: Gateway
  readonly said: Sealed<Said>
  readonly links: ReadonlyArray<LinkId>
}

export interface Scan {
  readonly sequence: number
  readonly id: string
  readonly level: Level
  readonly ruleSet: string
  readonly validUntil: number
  readonly evidence: ReadonlyArray<WeighedEvidence>
  readonly found: Sealed<Found>
}

export interface Policy {
  readonly settings: ChatSettings
  /** Milliseconds since the epoch; 0 when the chat is not muted. */
  readonly mutedUntil: number
  /** The last sequence that changed it. */
  readonly sequence: number
}

export interface Override {
  readonly override: OverrideId
  readonly chat?: ChatId
  readonly match: OverrideMatch
  readonly token: string
  readonly effect: OverrideEffect
  readonly sequence: number
}

/** By chat, message and link. */
export const sightings = collection<Sighting>("sighting")
/** By chat and message. */
export const messages = collection<Message>("message")
/** The newest result, by link. */
export const scans = collection<Scan>("scan")
/** By chat. */
export const policies = collection<Policy>("policy")
/** By override. */
export const overrides = collection<Override>("override")
/** Overrides by what they match: token and override. */
export const overridesByToken = collection<true>("override-by-token")
/** Sightings by what an override or a scan is about: a link, host or domain token, and the sighting. */
export const sightingsByToken = collection<true>("sighting-by-token")
/** Sightings by the outbox entry that speaks of them. */
export const sightingsByNotice = collection<string>("sighting-by-notice")
export const sightingKey = (it: Pick<Sighting, "chat" | "message" | "link">): string =>
  keyOf(it.chat, it.message, it.link)
