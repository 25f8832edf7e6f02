import { chatSettingKeys, chatSettings, shownSettings } from "../../contracts/chat-settings.ts"
import { code, page, table } from "./markdown.ts"

const note = "<!-- Generated from contracts/chat-settings.ts by `npm run generate`. Do not edit. -->"

/** `chat-settings.md`: how a chat can be treated. */
export const chatSettingsPage = (): string => {
  const shown = new Map(shownSettings({}, {}).map(({ name, value }) => [name, value]))
  return page(
    note,
    "# Settings of a chat",
    "What a chat has not set is as it is set for all chats, else as it is built in. `GET /v1/chats/<chat>/settings` shows each value with its source, `PATCH` changes some: `{\"change\": {\"quiet-hours\": \"22:00-07:00\", \"language\": null}}`, where `null` is for what is no longer to be set there. `/v1/settings` is the same for all chats. A change that is answered as stored is obeyed by every later decision.",
    table(
      ["setting", "meaning", "accepts", "built in"],
      chatSettingKeys.map((key) => {
        const { about, accepts, name } = chatSettings[key]
        return [code(name), about, accepts, code(shown.get(name) ?? "")]
      })
    )
  )
}
