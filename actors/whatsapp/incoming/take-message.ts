/** Messages and their changes: posted, edited, deleted. */
import { Effect } from "effect"
import { commandIn } from "../../../contracts/chat-command.ts"
import type { PersonId } from "../../../contracts/ids.ts"
import {
  MessageEdited,
  MessageReceived,
  MessageRevoked,
  type Place as SaidIn
} from "../../../contracts/message.ts"
import { eventIdOf, nameOf } from "../message-names.ts"
import { admins, spoken } from "../model.ts"
import { type HeldLinks, heldLinks, linksOf } from "../sightings.ts"
import { isPosted, type Place } from "./book.ts"
import type { Texts } from "./heard.ts"
import type { Item, TargetItem } from "./item.ts"
import { isTextKept, withoutText } from "./keep-text.ts"
import { partId, partsOf, pictureId } from "./parts.ts"
import type { Heard, Taking } from "./taking.ts"

/** A command is answered by its words, and an exported chat was handed over to be read. */
const isKept = ({ keyring, self }: Taking, { chat, gateway }: Item, { posted }: Texts): boolean =>
  gateway === "export" || commandIn(posted) !== undefined || isTextKept(self.state, keyring, chat)

const saidOf = (
  taking: Taking,
  item: Item,
  place: Place,
  texts: Texts,
  whatsAppId: string,
  held: HeldLinks
) => {
  // Asked for as late as this: what is appended next is not of a key that was destroyed long ago.
  const { current } = taking.keyring.linkKeys([place.chat, place.sender])
  const { links, spelled } = linksOf(current, texts.posted, held)
  const quoted =
    texts.quoted === ""
      ? {}
      : { quoted: { text: texts.quoted, links: linksOf(current, texts.quoted).spelled } }
  const said = { text: texts.posted, whatsAppId, links: spelled, ...quoted }
  return { links, said: isKept(taking, item, texts) ? said : withoutText(said) }
}

const unreadIn = ({ unread }: Texts) => (unread.length === 0 ? {} : { unread })

/** Whether it is a command, and which entry of ours it replies to. */
const askedIn = ({ self }: Taking, { answers, posted }: Texts) => {
  const command = commandIn(posted)
  const ours = answers === undefined ? undefined : self.state.get(spoken, answers)?.outbox
  return {
    ...(command === undefined ? {} : { command }),
    ...(ours === undefined ? {} : { answers: ours })
  }
}

export const about = ({ chat, message, sender }: Place) => ({ chat, message, sender })

/** Takes one part of a message that was posted, unless it is known. */
const takePost = Effect.fnUntraced(function* (
  taking: Taking,
  item: Item,
  id: string,
  texts: Texts,
  saidIn?: SaidIn
) {
  const { book } = taking
  const { arrival, at, chat, gateway, name, own, sender } = item
  const place = yield* book.find(chat, sender, id)
  if (isPosted(place)) return
  if (item.earlierMax !== undefined && !book.hasRoom(place.chat, item.earlierMax)) return
  const isMessage = saidIn === undefined || saidIn === "picture"
  const { links, said } = saidOf(taking, item, place, texts, isMessage ? item.id : "", new Map())
  // Nobody's words are kept for a name or a description that holds no link.
  if (saidIn !== undefined && links.length === 0) return
  const fact = MessageReceived({
    ...about(place),
    gateway,
    arrival,
    sentAt: at,
    links,
    ...(own ? { own: true } : {}),
    ...(saidIn === undefined ? {} : { place: saidIn }),
    ...unreadIn(texts),
    ...(id === item.id ? askedIn(taking, texts) : {}),
    said,
    who: { name: name ?? "" }
  })
  taking.facts.push({ cause: place.message, part: "post", fact })
  taking.links += links.length
  const { unposted: _unposted, ...before } = place.known ?? { sequence: 0 }
  book.remember(place, before, heldLinks({ links, spelled: said.links }))
})

/** Takes what was posted, in as many parts as it needs. */
export const takePosts = Effect.fnUntraced(function* (
  taking: Taking,
  item: Item,
  id: string,
  texts: Texts,
  saidIn?: SaidIn
) {
  for (const [index, part] of partsOf(texts).entries())
    yield* takePost(taking, item, partId(id, index), part, saidIn)
})

/** Takes one part of an edit, unless it is known or a newer one is. It may be the first that is heard of the message. */
const takeEdit = Effect.fnUntraced(function* (
  taking: Taking,
  item: Item,
  { at, id }: Heard<"edit">,
  index: number,
  texts: Texts
) {
  const { book, keyring } = taking
  const place = yield* book.find(item.chat, item.sender, partId(id, index))
  const before = place.known
  if (before?.revoked === true || at < (before?.edit?.at ?? 0)) return
  const edit = { change: "edit" as const, id: partId(id, index), sentAt: at, text: texts.posted }
  const name = yield* nameOf(keyring, place.chat, place.sender, edit)
  if (before?.edit?.id === eventIdOf(name)) return
  const { links, said } = saidOf(taking, item, place, texts, id, yield* book.linksOf(place))
  const fact = MessageEdited({
    ...about(place),
    gateway: item.gateway,
    ...(item.arrival === "live" ? {} : { arrival: item.arrival }),
    editedAt: at,
    links,
    ...unreadIn(texts),
    said
  })
  taking.facts.push({ cause: name.key, part: name.part, fact })
  taking.links += links.length
  const known = {
    ...(before ?? { sequence: 0, unposted: true as const }),
    edit: { at, id: eventIdOf(name), sequence: 0 }
  }
  book.remember(place, known, heldLinks({ links, spelled: said.links }))
})

/** Parts that an earlier version of the message had, and this one has not, say nothing any more. */
export const takeEdits = Effect.fnUntraced(function* (taking: Taking, item: Item, heard: Heard<"edit">) {
  const parts = partsOf(heard.texts)
  for (const [index, texts] of parts.entries()) yield* takeEdit(taking, item, heard, index, texts)
  const nothing: Texts = { posted: "", quoted: "", unread: [] }
  for (let index = parts.length; ; index++) {
    const { known } = yield* taking.book.find(item.chat, item.sender, partId(heard.id, index))
    if (known === undefined) return
    yield* takeEdit(taking, item, heard, index, nothing)
  }
})

/** Another one's message is deleted by an admin only; who is one is not always known. */
const mayRevoke = ({ book, self }: Taking, item: Item, target: PersonId): boolean => {
  const mine = book.pseudonymsOf(item.sender)
  const known = self.state.get(admins, item.chat)
  return mine.includes(target) || known === undefined || known.some((admin) => mine.includes(admin))
}

export const takeRevoke = Effect.fnUntraced(function* (
  taking: Taking,
  item: Item,
  { target }: Heard<"revoke">
) {
  if (!mayRevoke(taking, item, target.sender)) return
  yield* revokeParts(taking, item, target)
  yield* revokeParts(taking, item, { ...target, id: pictureId(target.id) })
})

const revokeParts = Effect.fnUntraced(function* (taking: Taking, item: Item, target: TargetItem) {
  for (let index = 0; ; index++) {
    const place = yield* taking.book.find(item.chat, target.sender, partId(target.id, index))
    // What was never seen has nothing to take back.
    if (place.known === undefined || place.known.revoked === true) return
    taking.facts.push({
      cause: place.message,
      part: "delete",
      fact: MessageRevoked({ ...about(place), revokedAt: item.at })
    })
    taking.book.remember(place, { ...place.known, revoked: true }, new Map())
  }
})
