import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { linksOf } from "../../../actors/whatsapp/sightings.ts"
import { textLengthMax } from "../../../contracts/commands.ts"
import { ChatId, MessageKey, PersonId } from "../../../contracts/ids.ts"
import { MessageReceived } from "../../../contracts/message.ts"
import { offer } from "../../../infra/event-log/offer.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../../infra/keyring/sqlite-keyring.ts"

/** What nats-server is configured to take; see `infra/nats-server/config.ts`. */
const payloadMaxBytes = 8 * 1024 * 1024

/** As many different links as the longest text has room for. */
const crammed = () => {
  const links: Array<string> = []
  for (let n = 0, length = 0; length < textLengthMax - 10; n++) {
    const link = `${n.toString(36)}.co`
    links.push(link)
    length += link.length + 1
  }
  return links.slice(0, -1)
}

it.effect("every link of the longest text crammed with the shortest links fits into one event", () =>
  Effect.gen(function* () {
    const keyring = yield* Keyring
    const written = crammed()
    const text = written.join(" ")
    expect(text.length).toBeLessThanOrEqual(textLengthMax)
    const { links, spelled } = linksOf(keyring.linkKeys([]).current, text)
    expect(links.length).toBe(written.length)
    const fact = MessageReceived({
      chat: ChatId.make("c0example0"),
      message: MessageKey.make("0".repeat(40)),
      sender: PersonId.make("p0example0"),
      gateway: "sandbox",
      arrival: "live",
      sentAt: 0,
      links,
      said: { text, whatsAppId: "m", links: spelled },
      who: { name: "Ada" }
    })
    const messages = yield* offer(keyring, [{ fact, id: "m" }], { actor: "whatsapp" }, 0, payloadMaxBytes)
    expect(messages.length).toBe(1)
  }).pipe(Effect.provide(sqliteKeyring(":memory:")))
)
