/**
 * urlscan.io: what its browser saw when somebody had it look at a link. Its scans are searched for the link and for the
 * host; what it holds of the page is in the scan's result. Links are handed in only where that is allowed.
 *
 * @see https://docs.urlscan.io/pages/search-api-reference
 * @see https://docs.urlscan.io/apis/urlscan-openapi/scanning/resultapi
 */
import { Clock, Effect, Redacted, Schema } from "effect"
import type { Answered, GuardedClientService } from "../../../infra/guarded-client/client.ts"
import type { BrandIndex } from "../brand-index.ts"
import { strangersWords } from "../strangers-words.ts"
import { answerBytesMax, answerJson, attemptMillis } from "./answer-json.ts"
import { beingLookedAt, isSharedByMany, makeHandedIn, mayHandIn } from "./handing-in.ts"
import { type Said, type Source, SourceFailed } from "./source.ts"

/** Who sees a link that is handed in: everybody, researchers and customers of urlscan.io, or the key's owner alone. */
export type Visibility = "public" | "unlisted" | "private"

const Scan = Schema.Struct({
  _id: Schema.String,
  task: Schema.optionalKey(Schema.Struct({ url: Schema.optionalKey(Schema.String) })),
  page: Schema.optionalKey(Schema.Struct({ url: Schema.optionalKey(Schema.String) }))
})
const Found = Schema.Struct({ results: Schema.Array(Scan) })

const Verdict = Schema.Struct({
  score: Schema.optionalKey(Schema.Finite),
  malicious: Schema.optionalKey(Schema.Boolean),
  categories: Schema.optionalKey(Schema.Array(Schema.String))
})
const Result = Schema.Struct({
  verdicts: Schema.optionalKey(Schema.Struct({ overall: Schema.optionalKey(Verdict) }))
})

const Taken = Schema.Struct({ uuid: Schema.String })

const readFound = answerJson(Found)
const readResult = answerJson(Result)
const readTaken = answerJson(Taken)

const source = "urlscan"
const judgedSeconds = 3_600
const unknownSeconds = 600

/** A result holds every request of the page; that of a large one has megabytes, of which a few lines are wanted. */
const resultBytesMax = 4 * 1024 * 1024
/** The newest, of which one is of the link itself or of its host. */
const scansMax = 20
/** What a free key may search through. */
const searchDays = 90

const unknown = (why: string): Said => ({ evidence: [], unknown: why, validSeconds: unknownSeconds })

const placeOf = (url: string | undefined): string | undefined =>
  url === undefined ? undefined : URL.parse(url)?.href.replace(/#.*$/s, "")

const hostOf = (url: string | undefined): string => URL.parse(url ?? "")?.hostname ?? ""

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, "\\$&")}"`

/** Scans of the link and, where the host is one owner's, of the host. */
const queryFor = (url: string, brands: BrandIndex | undefined): string => {
  const place = quoted(placeOf(url) ?? url)
  const host = isSharedByMany(hostOf(url), brands) ? "" : ` OR page.domain:${quoted(hostOf(url))}`
  return `(task.url:${place} OR page.url:${place}${host}) AND date:>now-${searchDays}d`
}

interface Match {
  readonly scan: string
  readonly kind: "malicious" | "malicious-host"
}

const isScanId = (text: string): boolean => /^[0-9a-f-]{36}$/i.test(text)

/** The newest scan of the link, else of its host. Words of a query also match what only resembles them. */
const matchIn = (
  { results }: typeof Found.Type,
  url: string,
  brands: BrandIndex | undefined
): Match | undefined => {
  const scans = results.filter(({ _id }) => isScanId(_id))
  const place = placeOf(url)
  const ofLink = scans.find(({ page, task }) => placeOf(task?.url) === place || placeOf(page?.url) === place)
  if (ofLink !== undefined) return { scan: ofLink._id, kind: "malicious" }
  if (isSharedByMany(hostOf(url), brands)) return undefined
  const ofHost = scans.find(({ page }) => hostOf(page?.url) === hostOf(url))
  return ofHost === undefined ? undefined : { scan: ofHost._id, kind: "malicious-host" }
}

const detailOf = ({ categories = [], score }: typeof Verdict.Type): string =>
  [...(score === undefined ? [] : [`score ${score}`]), ...categories.slice(0, 2).map(strangersWords)].join(
    ", "
  )

/** Of a host where nothing malicious was seen the link itself is still not known. */
const saidOf = ({ verdicts }: typeof Result.Type, kind: Match["kind"]): Said => {
  const verdict = verdicts?.overall
  if (verdict?.malicious === true) {
    const detail = detailOf(verdict)
    const evidence = [{ source, kind, ...(detail === "" ? {} : { detail }) }]
    return { evidence, validSeconds: judgedSeconds }
  }
  if (kind === "malicious-host") return unknown("it has not seen the link")
  // From 0, which stands for no judgement, up to what it calls malicious.
  if (verdict?.score === undefined || verdict.score >= 0)
    return unknown("it has seen the link and does not judge it")
  return { evidence: [], validSeconds: judgedSeconds }
}

/** A key of another form than its own it refuses as a malformed request. */
const ofKey = (answer: Answered): Effect.Effect<Answered, SourceFailed> =>
  answer.status === 400 && /api.?key/i.test(answer.bytes.toString("latin1", 0, 1_000))
    ? Effect.fail(new SourceFailed({ fault: "key-refused", message: "it does not accept the key" }))
    : Effect.succeed(answer)

export interface UrlscanOptions {
  /** For whom links that it does not know are handed in; left out, they are not. */
  readonly submits?: Visibility | undefined
  readonly base?: string
  readonly brands?: BrandIndex | undefined
}

export const urlscan = (
  key: Redacted.Redacted,
  { base = "https://urlscan.io", brands, submits }: UrlscanOptions = {}
): Source => {
  const handed = makeHandedIn()
  const headers = { "api-key": Redacted.value(key), accept: "application/json" }

  const get = (client: GuardedClientService, path: string, bytesMax: number) =>
    client
      .ask({ url: `${base}${path}`, method: "GET", headers, bytesMax, limitMillis: attemptMillis })
      .pipe(Effect.flatMap(ofKey))

  const resultOf = Effect.fnUntraced(function* (client: GuardedClientService, { kind, scan }: Match) {
    const answer = yield* get(client, `/api/v1/result/${scan}/`, resultBytesMax)
    // Not finished, or deleted since.
    if (answer.status === 404 || answer.status === 410) return undefined
    return saidOf(yield* readResult(answer), kind)
  })

  const handIn = Effect.fnUntraced(function* (
    client: GuardedClientService,
    url: string,
    visibility: Visibility
  ) {
    const answer = yield* client
      .ask({
        url: `${base}/api/v1/scan/`,
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify({ url, visibility }),
        bytesMax: answerBytesMax,
        limitMillis: attemptMillis
      })
      .pipe(Effect.flatMap(ofKey))
    if (answer.status === 400) return unknown("it has not seen the link, and does not take it")
    const { uuid } = yield* readTaken(answer)
    if (isScanId(uuid)) handed.remember(url, uuid, yield* Clock.currentTimeMillis)
    return beingLookedAt
  })

  return {
    name: source,
    // Every key has limits of its own; these are below what is known of free ones. Each stands for a search and a result.
    quotas: [
      { most: 30, per: "minute" },
      { most: 500, per: "day" }
    ],
    ask: Effect.fnUntraced(function* (client, url, more) {
      const scan = handed.find(url, yield* Clock.currentTimeMillis)
      // What is not public is found by no search.
      if (scan !== undefined) return (yield* resultOf(client, { scan, kind: "malicious" })) ?? beingLookedAt
      const query = new URLSearchParams({ q: queryFor(url, brands), size: String(scansMax) })
      const found = yield* readFound(yield* get(client, `/api/v1/search/?${query}`, answerBytesMax))
      const match = matchIn(found, url, brands)
      const said = match === undefined ? undefined : yield* resultOf(client, match)
      if (said !== undefined && (match?.kind === "malicious" || said.evidence.length > 0)) return said
      if (submits === undefined || !mayHandIn(url, brands) || !(yield* more))
        return unknown("it has not seen the link")
      return yield* handIn(client, url, submits)
    })
  }
}
