/** What changes a chat: who is in it, who administers it, what it is called, and who in it is one. */
import { Effect } from "effect"
import {
  AdminsChanged,
  ChatJoined,
  ChatLeft,
  ChatLinked,
  PersonLinked
} from "../../../contracts/membership.ts"
import { ChatRenamed, type Place as SaidIn } from "../../../contracts/message.ts"
import { linked } from "../model.ts"
import { type Item, shortName } from "./item.ts"
import { takePosts } from "./take-message.ts"
import { type Heard, takeOnce, type Taking } from "./taking.ts"

/** A name or a description may hold links, like anything that is said. */
const takePlace = (taking: Taking, item: Item, saidIn: SaidIn, text: string) =>
  takePosts(taking, item, `${item.id}\n${saidIn}`, { posted: text, quoted: "", unread: [] }, saidIn)

/** What happened in a chat, caused by the notification that said so. */
export const takeChange = Effect.fnUntraced(function* (
  taking: Taking,
  item: Item,
  heard: Heard<"joined" | "left" | "admins" | "name" | "description">
) {
  const { at, chat, gateway, sender } = item
  const { message: cause } = yield* taking.book.find(chat, sender, item.id)
  const by = item.learnt === true ? {} : { by: sender }
  switch (heard.what) {
    case "joined":
    case "left": {
      const { how: _how, what: _what, ...who } = heard
      const imported = item.arrival === "imported" ? ({ imported: true } as const) : {}
      const fact =
        heard.what === "joined"
          ? ChatJoined({ chat, ...who, how: heard.how, ...by, at, ...imported })
          : ChatLeft({ chat, ...who, how: heard.how, ...by, at })
      return takeOnce(taking, cause, heard.what, fact)
    }
    case "admins": {
      const { what: _what, ...changed } = heard
      return takeOnce(taking, cause, "admins", AdminsChanged({ chat, ...changed, ...by, at }))
    }
    case "name":
      takeOnce(taking, cause, "name", ChatRenamed({ chat, gateway, at, name: shortName(heard.text) }))
      taking.book.isNamed(chat)
      return yield* takePlace(taking, item, "name", heard.text)
    case "description":
      return yield* takePlace(taking, item, "description", heard.text)
  }
})

/** What was learnt of the identities of an item: who is one with whom, and what the chat is called. */
export const takeIdentity = (taking: Taking, { at, chat, chatName, gateway, sender }: Item): void => {
  const { self, book } = taking
  for (const same of book.pseudonymsOf(chat).slice(1))
    if (self.state.get(linked, same) !== chat)
      takeOnce(taking, same, `linked:${chat}`, ChatLinked({ chat, same, at }))
  for (const same of book.pseudonymsOf(sender).slice(1))
    if (self.state.get(linked, same) !== sender)
      takeOnce(taking, same, `linked:${sender}`, PersonLinked({ chat, person: sender, same, at }))
  if (chatName !== undefined && !book.isNamed(chat))
    taking.facts.push({
      cause: chat,
      part: "name#0",
      fact: ChatRenamed({ chat, gateway, at, name: chatName })
    })
}
