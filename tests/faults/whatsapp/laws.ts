/**
 * The laws, by what people said and what WhatsApp itself saw: the server's stanzas and the screens of the phones.
 * Our log is held against them, never taken for them.
 */
import type { AnyRecorded, EventName, RecordedOf } from "../../../contracts/catalogue.ts"
import type { Said } from "../../../contracts/message.ts"
import type { Saying, Traffic } from "./traffic.ts"
import type { World } from "./world.ts"

const named = <Name extends EventName>(events: ReadonlyArray<AnyRecorded>, name: Name) =>
  events.filter((event): event is RecordedOf<Name> => event.type === name)

/** What the log holds of people's messages, by their words. */
const receivedByText = (world: World) => {
  const byText = new Map<
    string,
    Array<{ readonly event: RecordedOf<"message.received">; readonly said: Said }>
  >()
  for (const event of named(world.events, "message.received")) {
    const said = world.keyring.open<Said>(event.data.said)
    const text = said?.text ?? "(cannot be opened)"
    byText.set(text, [
      ...(byText.get(text) ?? []),
      { event, said: said ?? { text, whatsAppId: "", links: [] } }
    ])
  }
  return byText
}

/** Law 1: every message and every link in it is in the log, once; whatever could not be read is counted. */
export const taken = (world: World, said: ReadonlyArray<Saying>): ReadonlyArray<string> => {
  const byText = receivedByText(world)
  const texts = new Set(said.map(({ text }) => text))
  const read = new Set<string>([...byText.values()].flat().map(({ event }) => event.data.message))
  return [
    ...world.unreadable.map(({ reason, sequence }) => `law 1: event ${sequence} cannot be read: ${reason}`),
    ...said.flatMap(({ text, url }) => {
      const found = byText.get(text) ?? []
      if (found.length !== 1) return [`law 1: "${text}" is in the log ${found.length} times`]
      const urls = found[0]!.said.links.map((link) => link.url)
      const expected = url === undefined ? [] : [url]
      return urls.join() === expected.join() ? [] : [`law 1: "${text}" has the links [${urls.join()}]`]
    }),
    ...[...byText.keys()]
      .filter((text) => !texts.has(text))
      .map((text) => `law 1: "${text}" is in the log, and nobody said it`),
    // What did not open was counted, and asked for again.
    ...named(world.events, "message.unreadable")
      .filter(({ data }) => !read.has(data.message))
      .map(({ data }) => `law 1: a message is ${data.reason}, and was not read later`)
  ]
}

/** Everybody is one person, and each chat is one, whichever of their names they came under. */
export const identities = (world: World, { groups, people, said }: Traffic): ReadonlyArray<string> => {
  const received = named(world.events, "message.received")
  const canonical = <T extends RecordedOf<"message.received">["data"]["sender" | "chat"]>(token: T) =>
    world.keyring.pseudonymsOf(token)[0]
  const senders = new Set(received.map(({ data }) => canonical(data.sender)))
  const chats = new Set(received.map(({ data }) => canonical(data.chat)))
  const whoSpoke = new Set(said.map(({ who }) => who)).size
  const directs = new Set(said.filter(({ where }) => where === undefined).map(({ who }) => who)).size
  const wheres = new Set(said.flatMap(({ where }) => where ?? [])).size
  return [
    ...(senders.size === whoSpoke
      ? []
      : [`${whoSpoke} of ${people.length} people spoke, the log knows ${senders.size}`]),
    ...(chats.size === directs + wheres
      ? []
      : [
          `they spoke in ${directs} chats and ${wheres} of ${groups.length} groups, the log knows ${chats.size}`
        ])
  ]
}
