/**
 * How a chat is treated: each setting is declared once, and commands, the API, the page and the reference walk
 * over the declarations. What a chat has not set is as it is set for all chats, else as it is built in.
 */
import { Schema } from "effect"
import { type ChatSetting, hours, none, oneOf, onOff, someOf, wholeNumber, zone } from "./chat-setting.ts"

/** Languages that Wadjet speaks; each is a file of `actors/verdict/languages` and one of its `chat-commands/words`. */
export const languages = ["en", "ar"] as const
export type Language = (typeof languages)[number]

/** What can be tried out: decided and recorded, with nothing said. */
export const protections = ["all", "malicious", "suspicious", "benign"] as const

/** Every setting, by its name in facts. */
export const chatSettings = {
  enabled: onOff({
    name: "enabled",
    about: "Whether anything is said about links at all.",
    fallback: true
  }),
  malicious: oneOf(["reply", "short", "react"], {
    name: "malicious",
    about:
      "What is done about a dangerous link: a warning with its reasons, one without, or only a reaction. A warning is never left out.",
    fallback: "reply"
  }),
  suspicious: oneOf(["reply", "short", "react", "none"], {
    name: "suspicious",
    about: "What is done about a suspicious link.",
    fallback: "short"
  }),
  benign: oneOf(["react", "none"], {
    name: "benign",
    about: "What is done about a harmless link.",
    fallback: "none"
  }),
  language: oneOf(languages, {
    name: "language",
    about: "The language that the chat is spoken to in.",
    fallback: "en"
  }),
  timeZone: zone({
    name: "time-zone",
    about: "The time zone that times of day are meant in.",
    fallback: "UTC"
  }),
  quietHours: hours({
    name: "quiet-hours",
    about:
      "When the chat is not to be disturbed: what is not dangerous is said at their end. Dangerous links are warned about at once, always.",
    fallback: none
  }),
  cooldownMinutes: wholeNumber(
    { min: 0, max: 1_440, unit: "minutes" },
    {
      name: "cooldown-minutes",
      about:
        "For how long after a link was warned about in words the same link gets a reaction, whoever posts it. 0 for words each time, however many links there are.",
      fallback: 1
    }
  ),
  deleteMalicious: onOff({
    name: "delete-malicious",
    about:
      "Whether a message with a dangerous link is deleted for everyone, beside the warning, where the account administers the group.",
    fallback: false
  }),
  adminsOnlyCommands: onOff({
    name: "admins-only-commands",
    about:
      "Whether only admins are answered when they give commands. Anybody may opt out, and say that a warning is wrong.",
    fallback: false
  }),
  notifyAdmins: onOff({
    name: "notify-admins",
    about:
      "Whether the group's admins are mentioned in a warning of a dangerous link that is given in words, so that their phones ring although the group is muted there.",
    fallback: false
  }),
  keepText: onOff({
    name: "keep-text",
    about:
      "Whether what is said is kept, sealed. Off: only the links in it, and commands; what was kept before stays until it is forgotten.",
    fallback: true
  }),
  keepForDays: wholeNumber(
    { min: 0, max: 3_650, unit: "days" },
    {
      name: "keep-for-days",
      about:
        "After how many days what was said is forgotten, by whole months: a month goes once all of it is older. 0 keeps it until it is erased.",
      fallback: 0
    }
  ),
  simulate: someOf(protections, {
    name: "simulate",
    about: "What is only tried out: it is decided and recorded what would be done, and nothing is said.",
    fallback: []
  })
} as const

type Declared = typeof chatSettings
export type ChatSettingKey = keyof Declared
export const chatSettingKeys = Object.keys(
  chatSettings
) as ReadonlyArray<string> as ReadonlyArray<ChatSettingKey>

type ValueOf<S> = S extends ChatSetting<infer T> ? T : never
type Schemas = { readonly [K in ChatSettingKey]: Schema.Codec<ValueOf<Declared[K]>> }
type OptionalSchemas = { readonly [K in ChatSettingKey]: Schema.optionalKey<Schemas[K]> }

const mapped = (of: (schema: Schema.Codec<never>) => unknown) =>
  Object.fromEntries(
    chatSettingKeys.map((key) => [key, of(chatSettings[key].schema as unknown as Schema.Codec<never>)])
  )

/** All settings of a chat, as they are in force. */
export const ChatSettings = Schema.Struct(mapped((schema) => schema) as Schemas)
export type ChatSettings = typeof ChatSettings.Type

/** Those that were set, in one chat or for all of them. */
export const OwnSettings = Schema.Struct(mapped(Schema.optionalKey) as OptionalSchemas)
export type OwnSettings = typeof OwnSettings.Type

/** What holds where nobody set anything. */
export const builtInSettings = Object.fromEntries(
  chatSettingKeys.map((key) => [key, chatSettings[key].fallback])
) as unknown as ChatSettings

/** What is in force in a chat, from what was set for all chats and in this one. */
export const settingsInForce = (all: OwnSettings, own: OwnSettings): ChatSettings => ({
  ...builtInSettings,
  ...all,
  ...own
})

/** Where a value comes from. */
export const SettingSource = Schema.Literals(["built-in", "all-chats", "this-chat"])
export type SettingSource = typeof SettingSource.Type

/** A setting as it is shown: its value in words, and where that comes from. */
export const ShownSetting = Schema.Struct({
  name: Schema.String,
  value: Schema.String,
  source: SettingSource,
  about: Schema.String,
  accepts: Schema.String
})
export type ShownSetting = typeof ShownSetting.Type

/** A setting in words. */
const textOf = (key: ChatSettingKey, settings: ChatSettings): string =>
  // It writes what it reads: that key and value belong together, the types of all settings at once cannot say.
  (chatSettings[key].write as (value: unknown) => string)(settings[key])

/** Every setting of a chat; of what holds for all chats where it has none of its own. */
export const shownSettings = (all: OwnSettings, own: OwnSettings): ReadonlyArray<ShownSetting> => {
  const settings = settingsInForce(all, own)
  return chatSettingKeys.map((key) => ({
    name: chatSettings[key].name,
    value: textOf(key, settings),
    source: own[key] !== undefined ? "this-chat" : all[key] !== undefined ? "all-chats" : "built-in",
    about: chatSettings[key].about,
    accepts: chatSettings[key].accepts
  }))
}

/** A change of settings as somebody typed it: values by name; `null` for what is no longer to be set there. */
export type TypedSettings = Readonly<Record<string, string | null>>

/** The longest piece of what was typed that is repeated in an error. */
const shownLengthMax = 60
const quoted = (text: string): string => JSON.stringify(text.slice(0, shownLengthMax))

const names = chatSettingKeys.map((key) => chatSettings[key].name).join(", ")

/** What is set after a change, or why it is none. */
export const changedSettings = (
  before: OwnSettings,
  change: TypedSettings
): { readonly settings: OwnSettings } | { readonly problem: string } => {
  const after = new Map<string, unknown>(Object.entries(before))
  for (const [name, text] of Object.entries(change)) {
    const key = chatSettingKeys.find((it) => chatSettings[it].name === name)
    if (key === undefined) return { problem: `expected a setting (${names}), found ${quoted(name)}` }
    const value = text === null ? undefined : chatSettings[key].read(text.trim())
    if (text !== null && value === undefined)
      return { problem: `${name}: expected ${chatSettings[key].accepts}, found ${quoted(text)}` }
    if (value === undefined) after.delete(key)
    else after.set(key, value)
  }
  return { settings: Object.fromEntries(after) as OwnSettings }
}
