/** What a catalogue of a language says to those who give commands. */
import type { CommandName } from "../../../../contracts/chat-command.ts"
import type { Level } from "../../../../contracts/level.ts"
import type { Expectation } from "../parse.ts"

/** What holds in a chat, in words already: times are texts. */
export interface StatusFacts {
  readonly enabled: boolean
  readonly simulate: boolean
  readonly mutedUntil?: string
  readonly overrides: number
  readonly consent: ConsentFacts
  readonly optedOut: number
}

/** Whether the chat was asked, and what it said. */
export interface ConsentFacts {
  readonly required: boolean
  readonly given: boolean
  /** When it was given or withdrawn. */
  readonly since?: string
}

export interface OverrideFacts {
  readonly code: string
  readonly effect: "allow" | "deny"
  readonly pattern: string
  readonly until?: string
  readonly reason?: string
  /** It is the operator's, for all chats. */
  readonly everywhere: boolean
}

/** What came of an allow or a deny. */
export type RulingFacts = Pick<OverrideFacts, "effect" | "pattern" | "until">

export interface ExplainFacts {
  readonly host: string
  readonly level: Level
  readonly ruleSet: string
  readonly score: number
  /** In plain words, heaviest first. */
  readonly reasons: ReadonlyArray<string>
  /** How many sources had no answer. */
  readonly missing: number
  /** An allow or a deny decides, whatever was found. */
  readonly overridden: boolean
}

/** One thing that was done in the chat: when, by whom and which command. */
export interface GovernanceFacts {
  readonly at: string
  readonly role: string
  readonly command: string
}

/** What is to be said in a chat. */
export interface ScheduleFacts {
  readonly at: string
  readonly code: string
  readonly text: string
}

export interface NoticeFacts {
  /** For how many days words are kept; 0 for as long as the operator likes. */
  readonly keptForDays: number
  readonly required: boolean
}

export interface CommandWords {
  /** What may follow a command: `mute [2h]`. */
  readonly usage: { readonly [Name in CommandName]: string }
  readonly about: { readonly [Name in CommandName]: string }
  readonly help: (lines: ReadonlyArray<string>) => string
  readonly unknown: (found: string, nearest: string) => string
  readonly unexpected: { readonly [E in Expectation]: (command: string, found: string) => string }
  readonly unknownSetting: (found: string, nearest: string) => string
  readonly badSetting: (key: string, expected: string, found: string) => string
  /** Where a value comes from that is not built in. */
  readonly setIn: { readonly "this-chat": string; readonly "all-chats": string }
  readonly settingSet: (key: string, value: string) => string
  readonly notAllowed: { readonly admin: string; readonly operator: string }
  /** Somebody gave more commands than are answered. */
  readonly tooMany: (until: string) => string
  readonly muted: (until: string) => string
  readonly muteOver: string
  readonly unmuted: string
  readonly notMuted: string
  readonly ruled: (facts: RulingFacts) => string
  readonly overrides: (lines: ReadonlyArray<string>, more: number) => string
  readonly override: (facts: OverrideFacts) => string
  readonly noOverrides: string
  readonly overrideRemoved: (facts: Pick<OverrideFacts, "effect" | "pattern">) => string
  readonly noSuchOverride: (code: string) => string
  readonly status: (facts: StatusFacts) => string
  readonly scanned: { readonly [L in Level]: (host: string) => string }
  readonly notScanned: (host: string) => string
  readonly explained: (facts: ExplainFacts) => string
  readonly needsReply: string
  readonly reported: string
  readonly reportedBefore: string
  /** What a group is told when the account comes into it. */
  readonly consentNotice: (facts: NoticeFacts) => string
  readonly consentGiven: string
  readonly consentWithdrawn: string
  readonly consentStatus: (facts: ConsentFacts) => string
  readonly optedOut: string
  readonly optedIn: string
  readonly governance: (lines: ReadonlyArray<string>) => string
  readonly deed: (facts: GovernanceFacts) => string
  readonly noDeeds: string
  readonly notAGroup: string
  readonly pending: (lines: ReadonlyArray<string>, more: number) => string
  readonly nonePending: string
  readonly notPending: (found: string) => string
  readonly approving: (count: number) => string
  /** Something is to be said here, at a time and under a code. */
  readonly scheduled: (facts: ScheduleFacts) => string
  readonly scheduleLine: (facts: ScheduleFacts) => string
  readonly schedules: (lines: ReadonlyArray<string>, more: number) => string
  readonly nothingScheduled: string
  /** Of its messages that were under way, so many had left. */
  readonly scheduleCancelled: (facts: {
    readonly left: number
    readonly of: number
    readonly text: string
  }) => string
  readonly noSuchJob: (code: string) => string
  readonly momentOver: string
  readonly scheduleFull: string
  readonly pair: string
  readonly pairStatus: (state: string) => string
  readonly pairReset: string
  /** Messages should be deleted, and the account administers no group. */
  readonly cannotDelete: string
  readonly unavailable: string
}
