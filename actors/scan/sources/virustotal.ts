/**
 * VirusTotal: what some ninety engines hold of a link. Links are looked up; one that is not known is handed in only where
 * that is allowed.
 *
 * @see https://docs.virustotal.com/reference/url-info
 * @see https://docs.virustotal.com/reference/scan-url
 */
import { Clock, Effect, Redacted, Schema } from "effect"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import type { BrandIndex } from "../brand-index.ts"
import { answerBytesMax, answerJson, attemptMillis } from "./answer-json.ts"
import { beingLookedAt, makeHandedIn, mayHandIn } from "./handing-in.ts"
import type { Said, Source } from "./source.ts"

const Answer = Schema.Struct({
  data: Schema.Struct({
    attributes: Schema.Struct({
      last_analysis_stats: Schema.Record(Schema.String, Schema.Finite)
    })
  })
})

const Taken = Schema.Struct({ data: Schema.Struct({ id: Schema.String }) })

const read = answerJson(Answer)
const readTaken = answerJson(Taken)
const knownSeconds = 3_600
const unknownSeconds = 600

/** From this many engines on it is no fluke of one of them. */
const enginesManyFrom = 3

const saidOf = ({ data }: typeof Answer.Type): Said => {
  const stats = data.attributes.last_analysis_stats
  const malicious = stats["malicious"] ?? 0
  const engines = Object.values(stats).reduce((sum, count) => sum + count, 0)
  if (engines === 0)
    return { evidence: [], unknown: "no engine has looked at the link yet", validSeconds: unknownSeconds }
  if (malicious === 0) return { evidence: [], validSeconds: knownSeconds }
  const kind = malicious >= enginesManyFrom ? "engines-3" : "engines-1"
  const detail = `${malicious} of ${engines} engines`
  return { evidence: [{ source: "virustotal", kind, detail }], validSeconds: knownSeconds }
}

const unknown: Said = { evidence: [], unknown: "it does not know the link", validSeconds: unknownSeconds }

export interface VirusTotalOptions {
  /** Whether links that it does not know are handed in. */
  readonly submits?: boolean
  readonly base?: string
  readonly brands?: BrandIndex | undefined
}

export const virusTotal = (
  key: Redacted.Redacted,
  { base = "https://www.virustotal.com", brands, submits = false }: VirusTotalOptions = {}
): Source => {
  const handed = makeHandedIn()
  const headers = { "x-apikey": Redacted.value(key), accept: "application/json" }

  const handIn = Effect.fnUntraced(function* (client: GuardedClientService, url: string) {
    const answer = yield* client.ask({
      url: `${base}/api/v3/urls`,
      method: "POST",
      headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ url }).toString(),
      bytesMax: answerBytesMax,
      limitMillis: attemptMillis
    })
    // It does not take everything for a link.
    if (answer.status === 400) return unknown
    const { data } = yield* readTaken(answer)
    handed.remember(url, data.id, yield* Clock.currentTimeMillis)
    return beingLookedAt
  })

  return {
    name: "virustotal",
    // What a free key allows, looking up and handing in together.
    quotas: [
      { most: 4, per: "minute" },
      { most: 500, per: "day" }
    ],
    ask: Effect.fnUntraced(function* (client, url, more) {
      const answer = yield* client.ask({
        url: `${base}/api/v3/urls/${Buffer.from(url).toString("base64url")}`,
        method: "GET",
        headers,
        bytesMax: answerBytesMax,
        limitMillis: attemptMillis
      })
      if (answer.status !== 404) return saidOf(yield* read(answer))
      if (!submits || !mayHandIn(url, brands)) return unknown
      if (handed.find(url, yield* Clock.currentTimeMillis) !== undefined) return beingLookedAt
      return (yield* more) ? yield* handIn(client, url) : unknown
    })
  }
}
