/**
 * Google Safe Browsing v5: it is told the first four bytes of the hashes of a link's expressions, and says which hashes
 * that begin so are dangerous. The link itself never leaves. With lists on this machine it is told less, or nothing.
 *
 * @see https://developers.google.com/safe-browsing/reference
 */
import { Clock, Effect, Redacted } from "effect"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import { safeBrowsingUrl } from "../safe-browsing/canonical.ts"
import { expressionsOf, hashOfExpression } from "../safe-browsing/expressions.ts"
import type { LocalLists } from "../safe-browsing/mode.ts"
import { makePrefixMemory, type PrefixMemory, prefixOf } from "../safe-browsing/prefix-memory.ts"
import { searchAnswer } from "../safe-browsing/search-answer.ts"
import { answerBytesMax, attemptMillis } from "./answer-json.ts"
import type { Said, Source } from "./source.ts"

export const safeBrowsingService = "https://safebrowsing.googleapis.com"

/** What is left to ask of a link, and what cannot be known whatever is answered. */
interface Plan {
  readonly hashes: ReadonlyArray<Buffer>
  /** Prefixes in hexadecimal. */
  readonly asked: ReadonlyArray<string>
  readonly unknown: string | undefined
}

/** The hashes of a link's expressions; undefined where it is none. Who is asked was mostly just asked what it knows. */
const makeHashes = () => {
  let last: { readonly url: string; readonly hashes: ReadonlyArray<Buffer> | undefined } | undefined
  return (url: string): ReadonlyArray<Buffer> | undefined => {
    if (last?.url === url) return last.hashes
    const parsed = safeBrowsingUrl(url)
    const hashes = "error" in parsed ? undefined : expressionsOf(parsed).map(hashOfExpression)
    last = { url, hashes }
    return hashes
  }
}

const unusable: Said = { evidence: [], unknown: "it does not take the link for one", validSeconds: 3_600 }

/** Safe Browsing without lists (its no-storage mode), or with them. */
export const safeBrowsing = (
  key: Redacted.Redacted,
  base = safeBrowsingService,
  local?: LocalLists,
  memory: PrefixMemory = makePrefixMemory()
): Source => {
  const hashesOf = makeHashes()

  /** Whether the lists on this machine say enough of a link, and why they cannot. */
  const byList = (
    hashes: ReadonlyArray<Buffer>,
    now: number
  ): { readonly unknown: string | undefined } | undefined => {
    if (local === undefined) return undefined
    const unknown = local.lists.missing(now)
    if (local.mode === "local-list") return { unknown }
    // What is likely to be harmless is looked up in the lists of threats, if these can be believed.
    const isLikelySafe = hashes.some((hash) => local.lists.isLikelySafe(hash, now))
    return isLikelySafe && unknown === undefined ? { unknown } : undefined
  }

  const planOf = (url: string, now: number): Plan | undefined => {
    const hashes = hashesOf(url)
    if (hashes === undefined) return undefined
    const listed = byList(hashes, now)
    const suspect =
      listed === undefined ? hashes : hashes.filter((hash) => local?.lists.isSuspect(hash) === true)
    const asked = [...new Set(suspect.map(prefixOf))].filter(
      (prefix) => memory.find(prefix, now) === undefined
    )
    return { hashes, asked, unknown: listed?.unknown }
  }

  /** What a link is said to be. What is only in memory is looked up again in microseconds, and kept nowhere else. */
  const saying = (threat: string | undefined, unknown: string | undefined): Said => ({
    evidence: threat === undefined ? [] : [{ source: "safe-browsing", kind: "listed", detail: threat }],
    ...(unknown === undefined ? {} : { unknown }),
    validSeconds: 0
  })

  /** What needs no question: that nothing is left to ask, or that a link is dangerous, whatever else there is to ask. */
  const judged = ({ asked, hashes, unknown }: Plan, now: number): Said | undefined => {
    const threat = hashes.map((hash) => memory.threatOf(hash, now)).find((it) => it !== undefined)
    if (threat !== undefined) return saying(threat, undefined)
    return asked.length > 0 ? undefined : saying(undefined, unknown)
  }

  const search = Effect.fnUntraced(function* (client: GuardedClientService, asked: ReadonlyArray<string>) {
    const parameters = new URLSearchParams({ key: Redacted.value(key), alt: "proto" })
    for (const prefix of asked)
      parameters.append("hashPrefixes", Buffer.from(prefix, "hex").toString("base64"))
    const answered = yield* client.ask({
      url: `${base}/v5/hashes:search?${parameters}`,
      method: "GET",
      headers: { accept: "application/x-protobuf" },
      bytesMax: answerBytesMax,
      limitMillis: attemptMillis
    })
    const { cacheSeconds, dangerous } = yield* searchAnswer(answered)
    memory.remember(asked, dangerous, cacheSeconds, yield* Clock.currentTimeMillis)
    return dangerous
  })

  const known = (url: string, now: number): Said | undefined => {
    const plan = planOf(url, now)
    return plan === undefined ? unusable : judged(plan, now)
  }

  const ask = Effect.fnUntraced(function* (client: GuardedClientService, url: string) {
    const began = yield* Clock.currentTimeMillis
    const plan = planOf(url, began)
    if (plan === undefined) return unusable
    const already = judged(plan, began)
    if (already !== undefined) return already
    // An answer may be one to forget at once, and counts all the same.
    const dangerous = yield* search(client, plan.asked)
    const threat = plan.hashes
      .map((hash) => dangerous.get(hash.toString("hex")))
      .find((it) => it !== undefined)
    return saying(threat, threat === undefined ? plan.unknown : undefined)
  })

  return { name: "safe-browsing", quotas: [], known, ask }
}
