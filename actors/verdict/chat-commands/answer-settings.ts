/** Answers to `settings`: what holds in the chat and why, and changing one of it. */
import {
  changedSettings,
  chatSettingKeys,
  chatSettings,
  shownSettings,
  type ShownSetting
} from "../../../contracts/chat-settings.ts"
import { SettingsChanged } from "../../../contracts/policy.ts"
import { unclickable } from "../../../contracts/link/unclickable.ts"
import { settingsSetIn } from "../chats.ts"
import { type Answer, type Asked, byOf, done, refused } from "./asked.ts"
import type { ChatCommand } from "./parse.ts"
import { nearest } from "./spelling.ts"
import type { CommandWords } from "./words/command-words.ts"

const [firstName, ...otherNames] = chatSettingKeys.map((it) => chatSettings[it].name)
const names = [firstName!, ...otherNames] as const

const lineOf =
  ({ setIn }: CommandWords) =>
  ({ name, source, value }: ShownSetting): string =>
    `${name}: ${value}${source === "built-in" ? "" : ` (${setIn[source]})`}`

export const settings = (
  { key, value }: Extract<ChatCommand, { readonly command: "settings" }>,
  asked: Asked
): Answer => {
  const { given, self, words } = asked
  const [all, own] = [settingsSetIn(self.state, undefined), settingsSetIn(self.state, given.chat)]
  const shown = shownSettings(all, own)
  if (key === undefined) return done(shown.map(lineOf(words)).join("\n"))
  const name = key.toLowerCase()
  const setting = shown.find((it) => it.name === name)
  if (setting === undefined) return refused(words.unknownSetting(unclickable(key), nearest(name, names)))
  if (value === undefined) return done(lineOf(words)(setting))
  const changed = changedSettings(own, { [name]: value.toLowerCase() })
  if ("problem" in changed) return refused(words.badSetting(name, setting.accepts, unclickable(value)))
  const next = shownSettings(all, changed.settings).find((it) => it.name === name)!
  return done(
    words.settingSet(name, next.value),
    SettingsChanged({ chat: given.chat, settings: changed.settings, by: byOf(asked) })
  )
}
