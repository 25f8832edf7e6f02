/** The links of a message's pictures: one more part of the message, which is revoked with it. */
import { Effect } from "effect"
import type { Item } from "../item.ts"
import { partId, pictureId } from "../parts.ts"
import { joinTexts } from "../read-message.ts"
import { linksOf } from "../../sightings.ts"
import { takeUnreadable } from "../take-about.ts"
import { takePosts } from "../take-message.ts"
import type { Heard, Taking } from "../taking.ts"

/** Every URL that the words of a message hold: nobody is told of it once more for a picture beside them. */
const heldInWords = Effect.fnUntraced(function* ({ book }: Taking, { chat, id, sender }: Item) {
  const held = new Set<string>()
  for (let index = 0; ; index++) {
    const place = yield* book.find(chat, sender, partId(id, index))
    if (place.known === undefined) return held
    for (const url of (yield* book.linksOf(place)).keys()) held.add(url)
  }
})

/** Of codes without a link nothing is kept. Pictures of a message that was deleted say nothing any more. */
export const takePicture = Effect.fnUntraced(function* (
  taking: Taking,
  item: Item,
  { codes, failed }: Heard<"picture">
) {
  const post = yield* taking.book.find(item.chat, item.sender, item.id)
  if (post.known?.revoked === true) return
  const held = yield* heldInWords(taking, item)
  const { current } = taking.keyring.linkKeys([item.chat, item.sender])
  const news = codes.filter((text) => linksOf(current, text).spelled.some(({ url }) => !held.has(url)))
  const id = pictureId(item.id)
  if (news.length === 0) {
    if (failed === undefined) return
    return yield* takeUnreadable(
      taking,
      { ...item, id },
      { what: "unreadable", reason: failed, fields: ["picture"] }
    )
  }
  const unread = failed === undefined ? [] : ["picture"]
  yield* takePosts(taking, item, id, { posted: joinTexts(news), quoted: "", unread }, "picture")
})
