/** A log like that of busy chats, for benchmarks: half of the messages bring a link, one link in twenty is bad. */
import type { AnyFact } from "../../contracts/catalogue.ts"
import {
  type AccountId,
  ChatId,
  HostId,
  hashOf,
  LinkId,
  messageKey,
  outboxId,
  PersonId,
  whatsAppIdOf
} from "../../contracts/ids.ts"
import { MessageReceived } from "../../contracts/message.ts"
import { OutboxClaimed, OutboxSent } from "../../contracts/outbox.ts"
import { ScanCompleted } from "../../contracts/scan.ts"
import { VerdictDecided } from "../../contracts/verdict.ts"

const chats = Array.from({ length: 50 }, (_, index) => ChatId.make(`cbench${String(index).padStart(8, "0")}`))
const people = Array.from({ length: 2_000 }, (_, index) =>
  PersonId.make(`pbench${String(index).padStart(8, "0")}`)
)
const words = "look what I found today, it is really quite something, tell me what you think of it: "
const startMillis = 1_767_225_600_000
/** A third of the links were never seen before, and are scanned. */
const freshEvery = 3

/** Facts in the order in which actors would append them. */
export function* busyChats(account: AccountId, count: number): Generator<AnyFact> {
  let made = 0
  for (let index = 0; made < count; index++) {
    const chat = chats[index % chats.length]!
    const sender = people[(index * 7) % people.length]!
    const id = `3A${index.toString(16).padStart(18, "0").toUpperCase()}`
    const message = messageKey(account, chat, sender, id)
    const withLink = index % 2 === 0
    const url = `http://shop${Math.floor(index / freshEvery / 2)}.example/offer/${index}`
    const link = LinkId.make(hashOf("link", Math.floor(index / 2 / freshEvery)))
    const host = HostId.make(hashOf("host", Math.floor(index / 2 / freshEvery)))
    const text = withLink ? words + url : words
    const spelled = { link, url, raw: url, start: words.length, end: text.length, defanged: false }
    const facts: Array<AnyFact> = [
      MessageReceived({
        chat,
        message,
        sender,
        gateway: "whatsapp",
        arrival: "live",
        sentAt: startMillis + index * 1_000,
        links: withLink ? [{ link, host, domains: [host] }] : [],
        said: { text, whatsAppId: id, links: withLink ? [spelled] : [] },
        who: { name: `Person ${index % people.length}` }
      })
    ]
    if (withLink) facts.push(...judged(index, { chat, message, sender, link }, url))
    yield* facts
    made += facts.length
  }
}

type Posted = Pick<Parameters<typeof VerdictDecided>[0], "chat" | "message" | "sender" | "link">

function* judged(index: number, posted: Posted, url: string): Generator<AnyFact> {
  const { chat, link, message, sender } = posted
  const bad = index % 40 === 0
  const level = bad ? "malicious" : "benign"
  if ((index / 2) % freshEvery === 0)
    yield ScanCompleted({
      link,
      chat,
      sender,
      level,
      score: bad ? 23 : -12,
      probability: bad ? 0.97 : 0.01,
      ruleSet: "wadjet-1",
      evidence: [
        { source: "look-alike", kind: "ascii-swap", weight: 15 },
        { source: "structure", kind: "long-host", weight: 3 }
      ],
      missing: [{ source: "feeds", reason: "no feed is configured" }],
      validUntil: startMillis + index * 1_000 + 3_600_000,
      found: { url, details: ["looks like paypal.com", null] }
    })
  const outbox = outboxId(message, chat, 0)
  const basis = { scan: 1, policy: 0, ruleSet: "wadjet-1" }
  yield VerdictDecided({
    ...posted,
    level,
    action: bad ? "reply" : "none",
    basis,
    ...(bad
      ? {
          notice: { outbox, gateway: "whatsapp", kind: "text", priority: "warning", standalone: true },
          body: { text: "Do not open that one: it looks like paypal.com and is not." }
        }
      : {})
  })
  if (!bad) return
  const whatsApp = whatsAppIdOf(outbox)
  const at = startMillis + index * 1_000
  yield OutboxClaimed({ chat, outbox, whatsApp, wire: "text", attempt: 1 })
  yield OutboxSent({ chat, outbox, whatsApp, wire: "text", attempt: 1, at })
}
