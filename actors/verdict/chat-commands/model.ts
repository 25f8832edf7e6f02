/** What the verdict actor keeps of commands that were given, and of who may give them. */
import type { ChatId, LinkId, MessageKey, OutboxId, PersonId } from "../../../contracts/ids.ts"
import type { Gateway } from "../../../contracts/message.ts"
import { collection, keyOf } from "../../../infra/actor/collection.ts"

/** A command that is not answered yet. Its words are in the log, at its sequence. */
export interface Given {
  readonly chat: ChatId
  readonly message: MessageKey
  readonly sender: PersonId
  readonly gateway: Gateway
  readonly sequence: number
  /** When it was given, in milliseconds since the epoch. */
  readonly at: number
  /** Answering it needs to ask another actor. */
  readonly asks: boolean
  /** By the linked account itself, on another of its devices. */
  readonly own?: true
  /** The entry of the outbox that it replies to. */
  readonly answers?: OutboxId
  /** The link that it names, whose scan it waits for. */
  readonly link?: LinkId
  /** It allows or denies, where it is known who may: its own links are decided about once it is answered. */
  readonly rules?: true
}

/** By chat and message. */
export const given = collection<Given>("command")
/** By link, chat and message: commands that wait for the link's scan. */
export const awaitingScan = collection<true>("command-by-link")
/** By chat: who administers it, as far as it is known. */
export const admins = collection<ReadonlyArray<PersonId>>("admins")
/** By a person who turned out to be another one, too: that one. */
export const sameAs = collection<PersonId>("same-as")
/** By chat and override: those of one chat alone. */
export const overridesOfChat = collection<true>("override-of-chat")

/** What was done in a chat by command. */
export interface Deed {
  readonly at: number
  readonly role: string
  readonly command: string
}

/** By chat: the newest deeds, the newest first; no more than anybody may ask for. */
export const deeds = collection<ReadonlyArray<Deed>>("deeds")

/** By chat, reporter, message and link: reports that were made, when. */
export const reports = collection<number>("report")

/** What a report is about, until the operator has looked at it. */
export interface Report {
  readonly message: MessageKey
  readonly link: LinkId
}

/** By chat and report. */
export const waitingReports = collection<Report>("report-waiting")

export const commandWork = "command"
export const commandKey = (it: Pick<Given, "chat" | "message">): string =>
  keyOf(commandWork, it.chat, it.message)
