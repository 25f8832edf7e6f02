/** What is said about a message without changing it: reactions, and that it could not, or may not, be read. */
import { Effect } from "effect"
import { MessageUnconsented } from "../../../contracts/consent.ts"
import { hashOf } from "../../../contracts/ids.ts"
import { MessageReacted, MessageUnreadable } from "../../../contracts/message.ts"
import { linksOf } from "../sightings.ts"
import type { Item } from "./item.ts"
import { about, takePosts } from "./take-message.ts"
import { type Heard, takeOnce, type Taking } from "./taking.ts"

export const takeReaction = Effect.fnUntraced(function* (
  taking: Taking,
  item: Item,
  heard: Heard<"reaction">
) {
  const { target, text, at } = heard
  const own = yield* taking.book.find(item.chat, item.sender, item.id)
  const to = yield* taking.book.find(item.chat, target.sender, target.id)
  const fact = MessageReacted({
    chat: to.chat,
    message: to.message,
    sender: item.sender,
    at,
    removed: text === "",
    reaction: text
  })
  takeOnce(taking, own.message, "reaction", fact)
  const { current } = taking.keyring.linkKeys([item.chat, item.sender])
  // Nobody reacts with a link but with a client of their own making; what others are shown is not known.
  if (linksOf(current, text).links.length > 0)
    yield* takePosts(taking, item, item.id, { posted: text, quoted: "", unread: [] })
})

export const takeUnreadable = Effect.fnUntraced(function* (
  taking: Taking,
  item: Item,
  heard: Heard<"unreadable">
) {
  const place = yield* taking.book.find(item.chat, item.sender, item.id)
  // Delivered once more, it cannot be opened a second time.
  if (place.known !== undefined) return
  const { arrival, at, gateway } = item
  const { fields, reason } = heard
  const fact = MessageUnreadable({ ...about(place), gateway, arrival, at, reason, fields })
  takeOnce(taking, place.message, "unreadable", fact)
})

/** Only that it was is kept, once for each. */
export const takeWithheld = Effect.fnUntraced(function* (
  taking: Taking,
  item: Item,
  { reason }: Heard<"withheld">
) {
  const { message } = yield* taking.book.find(item.chat, item.sender, item.id)
  const { arrival, at, chat, gateway } = item
  const fact = MessageUnconsented({ chat, gateway, arrival, at, reason })
  takeOnce(taking, hashOf("withheld", message), "unconsented", fact)
})
