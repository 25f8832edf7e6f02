/** What a message that is replied to is shown to have said: a little of its text, without its links. */
import { Effect } from "effect"
import type { ChatId, MessageKey } from "../../../contracts/ids.ts"
import type { Said } from "../../../contracts/message.ts"
import { keyOf } from "../../../infra/actor/collection.ts"
import type { Self } from "../../../infra/actor/process-manager.ts"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"
import { known } from "../model.ts"

/** In UTF-16 code units: what a phone shows above a reply. */
const shownMax = 100

/** A link is not repeated where it could be tapped. */
const linkShown = "…"

/** Pure. */
export const shownOf = ({ links, text }: Said): string => {
  let shown = ""
  let at = 0
  for (const { end, start } of links.toSorted((a, b) => a.start - b.start)) {
    // Of links that overlap the first one is enough.
    if (start < at) continue
    shown += text.slice(at, start) + linkShown
    at = end
  }
  shown += text.slice(at)
  return shown.length <= shownMax ? shown : `${shown.slice(0, shownMax - 1).toWellFormed()}…`
}

/** From the event that brought the message; `undefined` where it is not known, or was forgotten. */
export const quotedText = Effect.fnUntraced(function* <P>(
  self: Pick<Self<P>, "state" | "event">,
  keyring: Pick<KeyringService, "open">,
  chat: ChatId,
  message: MessageKey
) {
  const at = self.state.get(known, keyOf(chat, message))?.sequence
  if (at === undefined) return undefined
  const event = yield* Effect.orElseSucceed(self.event(at), () => undefined)
  if (event?.type !== "message.received" && event?.type !== "message.edited") return undefined
  const said = keyring.open<Said>(event.data.said)
  return said === null ? undefined : shownOf(said)
})
