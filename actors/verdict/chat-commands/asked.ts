/** What answering a command is done with, and what it comes to. */
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import { CommandAnswered, type CommandOutcome, type CommandRole } from "../../../contracts/chat-command.ts"
import { ConsentGiven, ConsentWithdrawn, OptedIn, OptedOut } from "../../../contracts/consent.ts"
import type { Fact } from "../../../contracts/event.ts"
import type { Said } from "../../../contracts/message.ts"
import { OutboxQueued } from "../../../contracts/outbox.ts"
import { Muted, OverrideRemoved, OverrideSet, SettingsChanged, Unmuted } from "../../../contracts/policy.ts"
import { VerdictReported } from "../../../contracts/report.ts"
import type { Self } from "../../../infra/actor/process-manager.ts"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"
import type { Given } from "./model.ts"
import type { CommandWords } from "./words/command-words.ts"

export const commandPublishes = [
  CommandAnswered,
  OutboxQueued,
  Muted,
  Unmuted,
  SettingsChanged,
  OverrideSet,
  OverrideRemoved,
  ConsentGiven,
  ConsentWithdrawn,
  OptedOut,
  OptedIn,
  VerdictReported
] as const
export type CommandFact = Fact<(typeof commandPublishes)[number]>

/** A command with all that an answer to it is made from. */
export interface Asked {
  readonly given: Given
  readonly event: RecordedOf<"message.received">
  readonly said: Said
  readonly role: CommandRole
  /** It was given in a group, where others read the answer. */
  readonly isGroup: boolean
  readonly words: CommandWords
  readonly self: Self<CommandFact>
  readonly keyring: KeyringService
  readonly now: number
  /** A moment as this chat reads it. */
  readonly moment: (millis: number) => string
}

/** How a command ended. Without a text it is not answered in words: something else says it already. */
export interface Answer {
  readonly outcome: CommandOutcome
  readonly text?: string
  /** Until when whoever asked is not answered from now on. */
  readonly until?: number
  readonly facts?: ReadonlyArray<CommandFact>
}

export const done = (text: string, ...facts: ReadonlyArray<CommandFact>): Answer => ({
  outcome: "done",
  text,
  facts
})

export const refused = (text: string): Answer => ({ outcome: "refused", text })

/** By whom a fact is: the role that they gave the command in. */
export const byOf = ({ given, role }: Pick<Asked, "given" | "role">): string => `${role}:${given.sender}`
