/** Which language a chat reads, and how it reads a moment. */
import type { ChatSettings, Language } from "../../../../contracts/chat-settings.ts"
import type { ChatId } from "../../../../contracts/ids.ts"
import type { StateReader } from "../../../../infra/actor/state.ts"
import { policyOf } from "../../chats.ts"
import { zoneOf } from "../../time-zone.ts"
import { arabic } from "./arabic.ts"
import type { CommandWords } from "./command-words.ts"
import { english } from "./english.ts"

export const catalogues: Readonly<Record<Language, CommandWords>> = { en: english, ar: arabic }

const momentIn = ({ language, timeZone: name }: ChatSettings) => {
  const { id: timeZone } = zoneOf(name)
  const format = new Intl.DateTimeFormat(`${language === "en" ? "en-GB" : language}-u-nu-latn`, {
    timeZone,
    dateStyle: "medium",
    timeStyle: "short"
  })
  return (millis: number) => `${format.format(millis)} (${timeZone})`
}

/** What a chat is told in, and how moments are shown there. */
export const wordsIn = (state: StateReader, chat: ChatId) => {
  const { settings } = policyOf(state, chat)
  return { words: catalogues[settings.language], moment: momentIn(settings) }
}
