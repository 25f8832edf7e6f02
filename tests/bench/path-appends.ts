/** What the appends from a posted link to its warning cost by themselves: four facts of their real shapes. */
import { Effect } from "effect"
import type { AnyFact } from "../../contracts/catalogue.ts"
import {
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
import { OutboxClaimed } from "../../contracts/outbox.ts"
import { ScanCompleted } from "../../contracts/scan.ts"
import { VerdictDecided } from "../../contracts/verdict.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { quantile } from "./machine.ts"

/** Appends under way at once when the most that the log takes is measured. */
const pipelined = 50
const startMillis = 1_767_225_600_000
const chat = ChatId.make("cbaseline")
const sender = PersonId.make("pbaseline")
const words =
  "Do not open 198[.]18[.]0[.]1: it looks like paypal.com, is an address without a name, and asks for a login."

/** The facts of a posted link that turns out to be malicious, in the order in which they are appended. */
export const factsOfPath = (
  account: Keyring["Service"]["account"],
  number: number
): ReadonlyArray<AnyFact> => {
  const url = `http://198.18.0.1/paypal.com/login.php?n=${number}`
  const text = `look ${url}`
  const link = LinkId.make(hashOf("link", number))
  const host = HostId.make(hashOf("host", number))
  const whatsAppId = `baseline ${number}`
  const message = messageKey(account, chat, sender, whatsAppId)
  const outbox = outboxId(message, chat, 0)
  const spelled = { link, url, raw: url, start: 5, end: text.length, defanged: false }
  return [
    MessageReceived({
      chat,
      message,
      sender,
      gateway: "sandbox",
      arrival: "live",
      sentAt: startMillis + number,
      links: [{ link, host, domains: [host] }],
      said: { text, whatsAppId, links: [spelled] },
      who: { name: "Member 1" }
    }),
    ScanCompleted({
      link,
      chat,
      sender,
      level: "malicious",
      score: 23,
      probability: 0.97,
      ruleSet: "wadjet-1",
      evidence: [
        { source: "look-alike", kind: "brand-in-path", weight: 15 },
        { source: "structure", kind: "address-as-host", weight: 8 }
      ],
      missing: [{ source: "reputation", reason: "no list or reputation service is configured" }],
      validUntil: startMillis + number + 3_600_000,
      found: { url, details: ["speaks of paypal.com", null] }
    }),
    VerdictDecided({
      chat,
      message,
      link,
      sender,
      level: "malicious",
      action: "reply",
      basis: { scan: 2, policy: 0, ruleSet: "wadjet-1" },
      notice: { outbox, gateway: "sandbox", kind: "text", priority: "warning", standalone: true },
      body: { text: words, quotes: whatsAppId }
    }),
    OutboxClaimed({ chat, outbox, whatsApp: whatsAppIdOf(outbox), wire: "text", attempt: 1 })
  ]
}

/**
 * Appends them one after the other through the log of the system, which is what the path cannot be faster than:
 * the median of all four together, of one of them, and when all of this was (milliseconds since the epoch); and
 * how many appends the log takes in a second when none waits for another.
 */
export const timePathAppends = Effect.fn("timePathAppends")(function* (rounds: number) {
  const log = yield* EventLog
  const { account } = yield* Keyring
  const together: Array<number> = []
  const single: Array<number> = []
  const timeRound = Effect.fnUntraced(function* (round: number) {
    let sum = 0
    for (const [index, fact] of factsOfPath(account, round).entries()) {
      const began = performance.now()
      yield* log.append([{ fact, id: `baseline-${round}-${index}` }], { actor: "bench" })
      single.push(performance.now() - began)
      sum += single.at(-1)!
    }
    together.push(sum)
  })
  // The first ones make keys and warm the code.
  for (let round = 0; round < rounds / 4; round++) yield* timeRound(round)
  together.length = 0
  single.length = 0
  const from = performance.timeOrigin + performance.now()
  for (let round = rounds; round < 2 * rounds; round++) yield* timeRound(round)
  const to = performance.timeOrigin + performance.now()
  const scans = Array.from({ length: pipelined }, (_, index) => factsOfPath(account, 1_000 + index)[1]!)
  const began = performance.now()
  yield* Effect.forEach(
    scans.entries(),
    ([index, fact]) => log.append([{ fact, id: `pipelined-${index}` }], { actor: "bench" }),
    { concurrency: "unbounded", discard: true }
  )
  const perSecond = (pipelined / (performance.now() - began)) * 1_000
  return {
    perSecond,
    path: quantile(together, 0.5),
    one: quantile(single, 0.5),
    appends: single.length,
    from,
    to
  }
})
