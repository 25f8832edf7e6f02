/**
 * Public name servers that withhold names known to be dangerous. They are told a link's host, by DNS over HTTPS
 * (RFC 8484), and nothing else of it.
 *
 * @see https://developers.cloudflare.com/1.1.1.1/setup/#1111-for-families
 * @see https://docs.quad9.net/FAQs/#blocking-responses
 */
import { Effect } from "effect"
import { publicSuffix } from "../../../contracts/link/public-suffix.ts"
import { answerBytesMax, attemptMillis, faultOf } from "./answer-json.ts"
import { type DnsAnswer, questionFor, readAnswer } from "./dns-message.ts"
import { type Said, type Source, SourceFailed } from "./source.ts"

interface Filter {
  /** As a source is named. */
  readonly name: string
  /** As people know it. */
  readonly title: string
  readonly base: string
  /** How it withholds a name. */
  readonly isBlocked: (answer: DnsAnswer) => boolean
}

const nameDoesNotExist = 3

/** Cloudflare answers with no address at all; Quad9 that the name does not exist, and that it asked nobody. */
export const filters = {
  cloudflare: {
    name: "cloudflare-dns",
    title: "Cloudflare",
    base: "https://security.cloudflare-dns.com",
    isBlocked: ({ addresses }) => addresses.includes("0.0.0.0")
  },
  quad9: {
    name: "quad9-dns",
    title: "Quad9",
    base: "https://dns.quad9.net",
    isBlocked: ({ code, recursionAvailable }) => code === nameDoesNotExist && !recursionAvailable
  }
} as const satisfies Record<string, Filter>

const validSeconds = 1_800
const nothing: Said = { evidence: [], validSeconds }

const hostOf = (url: string): string => URL.parse(url)?.hostname.replace(/\.$/, "") ?? ""

const saidOf = ({ isBlocked, title }: Filter, answer: DnsAnswer): Said =>
  isBlocked(answer)
    ? { evidence: [{ source: "dns-filter", kind: "blocked", detail: title }], validSeconds }
    : nothing

export const dnsFilter = (filter: Filter, base: string = filter.base): Source => ({
  name: filter.name,
  quotas: [],
  subjectOf: hostOf,
  ask: Effect.fnUntraced(function* (client, url) {
    const host = hostOf(url)
    const question = questionFor(host)
    // An address is looked up nowhere.
    if (question === undefined || publicSuffix(host).suffix === null) return nothing
    const answered = yield* client.ask({
      url: `${base}/dns-query?dns=${question.toString("base64url")}`,
      method: "GET",
      headers: { accept: "application/dns-message" },
      bytesMax: answerBytesMax,
      limitMillis: attemptMillis
    })
    if (answered.status !== 200) return yield* faultOf(answered)
    const answer = readAnswer(answered.bytes)
    if (answer === undefined || answered.cut)
      return yield* new SourceFailed({ fault: "malformed", message: "its answer could not be read" })
    return saidOf(filter, answer)
  })
})
