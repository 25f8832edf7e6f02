/**
 * Google Safe Browsing v5, without its lists: it is told the first four bytes of the hashes of a link's expressions, and
 * says which hashes that begin so are dangerous. The link itself never leaves.
 *
 * @see https://developers.google.com/safe-browsing/reference/rest/v5/hashes/search
 */
import { Clock, Effect, Redacted, Schema } from "effect"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import { safeBrowsingUrl } from "../safe-browsing/canonical.ts"
import { expressionsOf, hashOfExpression } from "../safe-browsing/expressions.ts"
import { answerBytesMax, answerJson, attemptMillis } from "./answer-json.ts"
import type { Said, Source } from "./source.ts"

const Detail = Schema.Struct({
  threatType: Schema.String,
  attributes: Schema.optionalKey(Schema.Array(Schema.String))
})

const Answer = Schema.Struct({
  fullHashes: Schema.optionalKey(
    Schema.Array(Schema.Struct({ fullHash: Schema.String, fullHashDetails: Schema.Array(Detail) }))
  ),
  cacheDuration: Schema.optionalKey(Schema.String)
})

const read = answerJson(Answer)

/** Of a kind of threat that is not known here the whole detail has to be passed over. */
const threats: Readonly<Record<string, string>> = {
  MALWARE: "malware",
  SOCIAL_ENGINEERING: "phishing",
  UNWANTED_SOFTWARE: "unwanted software",
  POTENTIALLY_HARMFUL_APPLICATION: "a harmful app"
}
/** `CANARY` is no threat to be told of; `FRAME_ONLY` is one only within another page. */
const attributesPassedOver = new Set(["CANARY", "FRAME_ONLY"])

const prefixBytes = 4
/** The protocol allows no longer memory of an empty answer, and this is long for any. */
const cacheSecondsMax = 86_400
const cacheSecondsDefault = 300
/** Some hundred bytes each; the oldest go first. */
const prefixesRememberedMax = 20_000

interface Prefix {
  readonly until: number
  /** The dangerous hashes that begin so, in hexadecimal, with what they are. */
  readonly hashes: ReadonlyMap<string, string>
}

const secondsOf = (duration: string | undefined): number => {
  const seconds = Number(/^(\d+)(?:\.\d+)?s$/.exec(duration ?? "")?.[1] ?? cacheSecondsDefault)
  return Math.min(seconds, cacheSecondsMax)
}

const threatOf = (details: ReadonlyArray<typeof Detail.Type>): string | undefined =>
  details
    .filter(({ attributes = [] }) => !attributes.some((name) => attributesPassedOver.has(name)))
    .map(({ threatType }) => threats[threatType])
    .find((threat) => threat !== undefined)

const prefixOf = (hash: Buffer): string => hash.subarray(0, prefixBytes).toString("hex")

const dangerousIn = ({ fullHashes = [] }: typeof Answer.Type): ReadonlyMap<string, string> =>
  new Map(
    fullHashes.flatMap(({ fullHash, fullHashDetails }) => {
      const threat = threatOf(fullHashDetails)
      return threat === undefined ? [] : [[Buffer.from(fullHash, "base64").toString("hex"), threat] as const]
    })
  )

/** What was answered about prefixes, each for as long as its answer said: also that there is nothing. */
const makePrefixes = () => {
  const known = new Map<string, Prefix>()
  return {
    find: (prefix: string, now: number): Prefix | undefined => {
      const found = known.get(prefix)
      return found !== undefined && found.until > now ? found : undefined
    },
    remember: (asked: ReadonlyArray<string>, dangerous: ReadonlyMap<string, string>, until: number): void => {
      for (const prefix of asked) {
        known.delete(prefix)
        known.set(prefix, {
          until,
          hashes: new Map([...dangerous].filter(([hash]) => hash.startsWith(prefix)))
        })
        if (known.size > prefixesRememberedMax) known.delete(known.keys().next().value!)
      }
    }
  }
}

const unusable: Said = { evidence: [], unknown: "it does not take the link for one", validSeconds: 3_600 }

export const safeBrowsing = (
  key: Redacted.Redacted,
  base = "https://safebrowsing.googleapis.com"
): Source => {
  const prefixes = makePrefixes()

  const search = Effect.fnUntraced(function* (client: GuardedClientService, asked: ReadonlyArray<string>) {
    const parameters = new URLSearchParams({ key: Redacted.value(key) })
    for (const prefix of asked)
      parameters.append("hashPrefixes", Buffer.from(prefix, "hex").toString("base64"))
    const answered = yield* client.ask({
      url: `${base}/v5/hashes:search?${parameters}`,
      method: "GET",
      headers: { accept: "application/json" },
      bytesMax: answerBytesMax,
      limitMillis: attemptMillis
    })
    const answer = yield* read(answered)
    const until = (yield* Clock.currentTimeMillis) + secondsOf(answer.cacheDuration) * 1_000
    prefixes.remember(asked, dangerousIn(answer), until)
  })

  const ask = Effect.fnUntraced(function* (client: GuardedClientService, url: string) {
    const parsed = safeBrowsingUrl(url)
    if ("error" in parsed) return unusable
    const hashes = expressionsOf(parsed).map(hashOfExpression)
    const began = yield* Clock.currentTimeMillis
    const wanted = [...new Set(hashes.map(prefixOf))]
    const asked = wanted.filter((prefix) => prefixes.find(prefix, began) === undefined)
    if (asked.length > 0) yield* search(client, asked)
    const now = yield* Clock.currentTimeMillis
    const found = wanted.flatMap((prefix) => prefixes.find(prefix, now) ?? [])
    const threat = hashes
      .map((hash) =>
        found.map((prefix) => prefix.hashes.get(hash.toString("hex"))).find((it) => it !== undefined)
      )
      .find((it) => it !== undefined)
    const until = found.reduce((least, prefix) => Math.min(least, prefix.until), Number.MAX_SAFE_INTEGER)
    const said: Said = {
      evidence: threat === undefined ? [] : [{ source: "safe-browsing", kind: "listed", detail: threat }],
      // Answers are kept by prefix, and by nothing else for longer.
      validSeconds: found.length < wanted.length ? 0 : Math.max(0, (until - now) / 1_000)
    }
    return said
  })

  return { name: "safe-browsing", quotas: [], ask }
}
