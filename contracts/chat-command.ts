/**
 * Commands that are typed in a chat, such as `!wadjet mute 2h`: how they begin, which there are and who may give
 * them, and the fact that one was answered. Written by `verdict`, in the boundary of the chat.
 */
import { Schema } from "effect"
import { event } from "./event.ts"
import { ChatId, EpochMillis, MessageKey, PersonId } from "./ids.ts"

/** What a command begins with. The second is that of the older scanner. */
export const commandPrefixes = ["!wadjet", "!scanner"] as const

/** What stands around words without being seen: marks of direction, and spaces of no width. */
export const unseenMarks = "\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\u061c\\ufeff"

const beginning = new RegExp(
  `^[\\s${unseenMarks}]*(?:${commandPrefixes.join("|")})(?=[\\s${unseenMarks}]|$)`,
  "iu"
)

const unseen = new RegExp(`[${unseenMarks}]`, "gu")

/** The words of a line, without what is not seen. */
export const wordsOf = (line: string): ReadonlyArray<string> =>
  line
    .replaceAll(unseen, " ")
    .split(/\s+/u)
    .filter((word) => word !== "")

/** What follows the prefix, on the same line; a phone adds what it shows of a link on lines of its own. */
export const afterPrefix = (text: string): string => text.replace(beginning, "").split("\n", 1)[0]!

/** Who may give a command: anybody in the chat, its admins, or the operator alone. Each may what those before may. */
export const commandRoles = ["member", "admin", "operator"] as const
export const CommandRole = Schema.Literals(commandRoles)
export type CommandRole = typeof CommandRole.Type

/** Every command, and whose it is. A member may say that a warning is wrong, and whether to be read at all. */
export const commandRules = {
  help: "member",
  scan: "member",
  report: "member",
  optout: "member",
  optin: "member",
  status: "admin",
  rescan: "admin",
  explain: "admin",
  mute: "admin",
  unmute: "admin",
  allow: "admin",
  deny: "admin",
  overrides: "admin",
  settings: "admin",
  consent: "admin",
  consentstatus: "admin",
  approve: "admin",
  schedule: "admin",
  governance: "admin",
  pair: "operator",
  "pair-status": "operator",
  "pair-reset": "operator"
} as const satisfies Readonly<Record<string, CommandRole>>

export type CommandName = keyof typeof commandRules

/** What nobody takes from anybody, wherever others are not answered. */
export const everybodysCommands: ReadonlySet<CommandName> = new Set<CommandName>([
  "optout",
  "optin",
  "report"
])

export const commandNames = Object.keys(commandRules) as ReadonlyArray<CommandName>

const isName = (word: string): word is CommandName => Object.hasOwn(commandRules, word)

/** Which command a message is, where it is meant to be one: its first word is one of the prefixes, in any case. */
export const CommandGiven = Schema.Literals([...commandNames, "unknown"])
export type CommandGiven = typeof CommandGiven.Type

/** A prefix alone asks for help. `undefined` for what is no command. */
export const commandIn = (text: string): CommandGiven | undefined => {
  if (!beginning.test(text)) return undefined
  const [word = "help"] = wordsOf(afterPrefix(text))
  const name = word.toLowerCase()
  return isName(name) ? name : "unknown"
}

/** How a command ended: obeyed, not understood, not for who asked, not possible now, or one of too many. */
export const CommandOutcome = Schema.Literals([
  "done",
  "not-understood",
  "not-allowed",
  "refused",
  "too-many"
])
export type CommandOutcome = typeof CommandOutcome.Type

export const CommandAnswered = event("policy.command-answered", {
  about: "Somebody gave a command in a chat, and this came of it. One per command, for ever.",
  data: {
    chat: ChatId,
    message: MessageKey,
    sender: PersonId,
    /** As whom they gave it. */
    role: CommandRole,
    /** Which one, where it was understood. */
    command: Schema.optionalKey(Schema.Literals(commandNames)),
    outcome: CommandOutcome,
    /** Until when their commands are not answered in this chat, where that begins here. */
    until: Schema.optionalKey(EpochMillis)
  },
  example: {
    chat: ChatId.make("c0example0"),
    message: MessageKey.make("0123456789abcdef0123456789abcdef01234567"),
    sender: PersonId.make("p0example0"),
    role: "admin",
    command: "mute",
    outcome: "done"
  }
})
