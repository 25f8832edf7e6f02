/**
 * Of which chats the words are kept, and of which only the links in them: `keep-text`. What is not kept is not
 * written anywhere. A command is, for it is answered by its words; an exported chat was handed over to be read.
 */
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import type { ChatId } from "../../../contracts/ids.ts"
import type { Said, SpelledLink } from "../../../contracts/message.ts"
import { collection } from "../../../infra/actor/collection.ts"
import type { State, StateReader } from "../../../infra/actor/state.ts"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"

/** No chat has this id. */
const allChats = "all"
/** By chat, and for all of them: whether words are kept, where that was set. */
const keepsText = collection<boolean>("keep-text")

export const foldKeepText = (
  state: State,
  { data: { chat, settings } }: RecordedOf<"policy.settings-changed">
): void => {
  const key = chat ?? allChats
  if (settings.keepText !== undefined) state.put(keepsText, key, settings.keepText)
  else if (state.get(keepsText, key) !== undefined) state.drop(keepsText, key)
}

/** Whether the words of a chat are kept: as it is set there, else for all chats. */
export const isTextKept = (
  state: StateReader,
  keyring: Pick<KeyringService, "pseudonymsOf">,
  chat: ChatId
): boolean =>
  keyring
    .pseudonymsOf(chat)
    .map((one) => state.get(keepsText, one))
    .find((kept) => kept !== undefined) ??
  state.get(keepsText, allChats) ??
  true

type Words = Pick<Said, "text" | "links">

/** The links of a text as they were spelled, each on a line of its own, and nothing else of it. */
const linksAlone = ({ links }: Words): Words => {
  let text = ""
  const placed = links.map((link): SpelledLink => {
    const start = text === "" ? 0 : text.length + 1
    text = text === "" ? link.raw : `${text}\n${link.raw}`
    return { ...link, start, end: start + link.raw.length }
  })
  return { text, links: placed }
}

/** What was said without its words: its links, and those of what it quoted. */
export const withoutText = ({ quoted, ...said }: Said): Said => ({
  ...said,
  ...linksAlone(said),
  ...(quoted === undefined || quoted.links.length === 0
    ? {}
    : { quoted: { ...quoted, ...linksAlone(quoted) } })
})
