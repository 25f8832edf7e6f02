/** A log in which every link was posted once, scanned and judged harmless: nothing is left to be done about it. */
import type { AnyFact } from "../../contracts/catalogue.ts"
import { ChatId, HostId, hashOf, LinkId, messageKey, PersonId } from "../../contracts/ids.ts"
import { linkId } from "../../contracts/link/link-id.ts"
import { MessageReceived } from "../../contracts/message.ts"
import { ScanCompleted } from "../../contracts/scan.ts"
import { VerdictDecided } from "../../contracts/verdict.ts"
import type { KeyringService } from "../../infra/keyring/keyring.ts"

const chatCount = 200
const peoplePerChat = 3
const linksPerMessage = 5
const startMillis = 1_767_225_600_000
const day = 86_400_000

const linkOf = (hashKey: Uint8Array, number: number) => {
  const host = `shop${number % 50_000}.example`
  const url = `https://${host}/offer/${number}`
  const token = HostId.make(linkId(hashKey, host))
  return { url, link: LinkId.make(linkId(hashKey, url)), host: token, domains: [token] }
}

/** Facts in the order in which actors would append them, a few links in each message. */
export function* manyLinks({ account, linkKeys }: KeyringService, count: number): Generator<AnyFact> {
  const hashKey = linkKeys([]).current
  for (let first = 0; first < count; first += linksPerMessage) {
    const number = first / linksPerMessage
    const chat = ChatId.make(`c${hashOf("chat", number % chatCount).slice(0, 14)}`)
    const sender = PersonId.make(`p${hashOf("person", number % (chatCount * peoplePerChat)).slice(0, 14)}`)
    const whatsAppId = `3A${number.toString(16).padStart(18, "0").toUpperCase()}`
    const message = messageKey(account, chat, sender, whatsAppId)
    const length = Math.min(linksPerMessage, count - first)
    const links = Array.from({ length }, (_, index) => linkOf(hashKey, first + index))
    const text = links.map(({ url }) => url).join(" ")
    yield MessageReceived({
      chat,
      message,
      sender,
      gateway: "sandbox",
      arrival: "live",
      sentAt: startMillis + number,
      links: links.map(({ domains, host, link }) => ({ link, host, domains })),
      said: {
        text,
        whatsAppId,
        links: links.map(({ link, url }) => {
          const start = text.indexOf(url)
          return { link, url, raw: url, start, end: start + url.length, defanged: false }
        })
      },
      who: { name: `Person ${number % (chatCount * peoplePerChat)}` }
    })
    for (const { link, url } of links) {
      yield ScanCompleted({
        link,
        chat,
        sender,
        level: "benign",
        score: -15,
        probability: 0.03,
        ruleSet: "wadjet-1",
        evidence: [],
        missing: [{ source: "reputation", reason: "no list or reputation service is configured" }],
        validUntil: startMillis + number + day,
        found: { url, details: [] }
      })
      const basis = { scan: 1, policy: 0, ruleSet: "wadjet-1" }
      yield VerdictDecided({ chat, message, link, sender, level: "benign", action: "none", basis })
    }
  }
}
