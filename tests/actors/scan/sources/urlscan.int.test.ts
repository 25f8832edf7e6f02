import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { type BrandIndex, brandsOfOperator } from "../../../../actors/scan/brand-index.ts"
import { urlscan, type Visibility } from "../../../../actors/scan/sources/urlscan.ts"
import { parseBrands } from "../../../../contracts/brand-list.ts"
import { limits, openService, type Reply, type Request } from "./service.ts"

const key = Redacted.make("secret-key")
const link = 'https://login.example.com/a/b?c=d&e="\\x'
const scanId = "68e26c59-2eae-437b-aeb1-cf750fafe7d7"
const otherId = "0e37e828-a9d9-45c0-ac50-1ca579b86c72"

const ok = (body: unknown): Reply => ({ status: 200, body })

/** One scan as the search answers it; it has no verdict in it. */
const scan = (_id: string, url: string) => ({
  _id,
  task: { visibility: "public", method: "api", domain: "login.example.com", time: "2026-01-01", url },
  page: { country: "DE", server: "nginx", url, domain: new URL(url).hostname, ip: "203.0.113.1" },
  stats: { uniqIPs: 4 },
  result: `https://urlscan.io/api/v1/result/${_id}/`,
  screenshot: `https://urlscan.io/screenshots/${_id}.png`
})

const found = (...results: ReadonlyArray<unknown>): Reply =>
  ok({ results, total: results.length, took: 12, has_more: false })

const judged = (overall: unknown): Reply =>
  ok({
    data: { requests: [] },
    page: { url: link },
    lists: {},
    verdicts: { overall, urlscan: { score: 0, malicious: false }, engines: {}, community: {} }
  })

const phishing = judged({
  score: 100,
  malicious: true,
  hasVerdicts: true,
  categories: ["phishing"],
  brands: ["acme"],
  tags: []
})
const nothing = judged({ score: 0, malicious: false, hasVerdicts: false, categories: [], brands: [] })

/** Answers as urlscan.io does: a search, results by their ids, and what is handed in. */
const answering =
  (search: Reply, results: Readonly<Record<string, Reply>> = {}, taken: Reply = { status: 403, body: "" }) =>
  ({ method, path }: Request): Reply => {
    if (method === "POST" && path === "/api/v1/scan/") return taken
    if (path === "/api/v1/search/") return search
    const id = /^\/api\/v1\/result\/([0-9a-f-]{36})\/$/.exec(path)?.[1] ?? ""
    return results[id] ?? { status: 404, body: { status: 404, message: "Scan is not finished yet" } }
  }

const open = (
  reply: (request: Request) => Reply,
  {
    asked = limits,
    brands,
    submits
  }: { readonly asked?: typeof limits; readonly brands?: BrandIndex; readonly submits?: Visibility } = {}
) => openService((base) => urlscan(key, { base, brands, submits }), reply, asked)

const missing = (reason: string) => ({ evidence: [], missing: [{ source: "urlscan", reason }] })

describe("urlscan.io", () => {
  it.live("says that it holds a link to be malicious, and is not asked again for a while", () =>
    Effect.gen(function* () {
      const service = yield* open(answering(found(scan(scanId, link)), { [scanId]: phishing }))
      const said = {
        evidence: [{ source: "urlscan", kind: "malicious", detail: "score 100, phishing" }],
        missing: []
      }
      expect(yield* service.ask(link)).toEqual(said)
      expect(yield* service.ask(link)).toEqual(said)
      expect(service.requests.map(({ method, path }) => [method, path])).toEqual([
        ["GET", "/api/v1/search/"],
        ["GET", `/api/v1/result/${scanId}/`]
      ])
      expect(service.requests.map(({ headers }) => headers["api-key"])).toEqual(["secret-key", "secret-key"])
      // A quote and a backslash of the link end no phrase of the query.
      expect(service.requests[0]!.query.get("q")).toBe(
        '(task.url:"https://login.example.com/a/b?c=d&e=%22\\\\x" OR page.url:"https://login.example.com/a/b?c=d&e=%22\\\\x" OR page.domain:"login.example.com") AND date:>now-90d'
      )
    })
  )

  it.live("says that it holds another page of the host to be malicious, where the link was not seen", () =>
    Effect.gen(function* () {
      const reply = answering(
        found(
          scan(otherId, "https://other.login.example.com/"),
          scan(scanId, "https://login.example.com/other")
        ),
        { [scanId]: phishing, [otherId]: nothing }
      )
      const service = yield* open(reply)
      expect((yield* service.ask(link)).evidence).toEqual([
        { source: "urlscan", kind: "malicious-host", detail: "score 100, phishing" }
      ])
    })
  )

  it.live("says nothing of a host where everybody may put up pages", () =>
    Effect.gen(function* () {
      const service = yield* open(
        answering(found(scan(scanId, "https://docs.google.com/other")), { [scanId]: phishing })
      )
      expect(yield* service.ask("https://docs.google.com/document/d/1")).toEqual(
        missing("it has not seen the link")
      )
      expect(service.requests[0]!.query.get("q")).not.toContain("page.domain")
    })
  )

  it.live("says that it has nothing against a link that it holds to be harmless", () =>
    Effect.gen(function* () {
      const reply = answering(found(scan(scanId, link)), {
        [scanId]: judged({ score: -80, malicious: false })
      })
      expect(yield* (yield* open(reply)).ask(link)).toEqual({ evidence: [], missing: [] })
    })
  )

  it.live("is missing, and not clean, where it does not know or does not judge a link", () =>
    Effect.gen(function* () {
      const unjudged = "it has seen the link and does not judge it"
      const unseen = "it has not seen the link"
      const cases: ReadonlyArray<readonly [Reply, Readonly<Record<string, Reply>>, string]> = [
        [found(), {}, unseen],
        [found(scan(scanId, "https://login.example.com/other")), { [scanId]: nothing }, unseen],
        [found(scan(scanId, link)), { [scanId]: nothing }, unjudged],
        [found(scan(scanId, link)), { [scanId]: ok({}) }, unjudged],
        [found(scan(scanId, link)), { [scanId]: { status: 410, body: "" } }, unseen]
      ]
      for (const [search, results, reason] of cases)
        expect(yield* (yield* open(answering(search, results))).ask(link)).toEqual(missing(reason))
    })
  )

  it.live("is asked for no result by what is no id of one", () =>
    Effect.gen(function* () {
      const service = yield* open(answering(found(scan("../../user/quotas?x=", link))))
      expect(yield* service.ask(link)).toEqual(missing("it has not seen the link"))
      expect(service.requests.map(({ path }) => path)).toEqual(["/api/v1/search/"])
    })
  )

  it.live("is left alone once it does not accept the key, however it says so", () =>
    Effect.gen(function* () {
      const refusals: ReadonlyArray<Reply> = [
        { status: 400, body: { status: 400, message: "Invalid API key format" } },
        { status: 401, body: { message: "API key supplied but not found in database!" } },
        { status: 403, body: "" }
      ]
      for (const refusal of refusals) {
        const service = yield* open(() => refusal)
        expect(yield* service.ask(link)).toEqual(missing("it does not accept the key"))
        expect((yield* service.ask(link)).missing[0]!.reason).toContain("it is left alone until")
        expect(service.requests).toHaveLength(1)
      }
    })
  )

  it.live("is asked again no sooner than it says", () =>
    Effect.gen(function* () {
      const service = yield* open(() => ({
        status: 429,
        body: { status: 429, message: "Rate limit for 'search' exceeded, limit is 30 per minute." },
        headers: { "x-rate-limit-reset-after": "3000" }
      }))
      const before = Date.now()
      expect(yield* service.ask(link)).toEqual(missing("it has been asked enough"))
      const reason = (yield* service.ask(`${link}&f`)).missing[0]!.reason
      const until = Date.parse(`${/until (.+) UTC/.exec(reason)?.[1]?.replace(" ", "T")}:00Z`)
      expect(until).toBeGreaterThan(before + 2_900_000)
      expect(service.requests).toHaveLength(1)
    })
  )

  it.live("is missing when it is out of order, silent, broken, of another shape or without an end", () =>
    Effect.gen(function* () {
      const huge = JSON.stringify({ padding: "x".repeat(6 * 1024 * 1024) })
      for (const search of [
        { status: 503, body: "<h1>oops</h1>" },
        ok("{"),
        ok("[]"),
        ok({ results: [{}] }),
        ok(huge),
        ok("")
      ])
        expect((yield* (yield* open(answering(search))).ask(link)).missing).toHaveLength(1)
      for (const result of [{ status: 500, body: "" }, ok("{"), ok({ verdicts: [1] }), ok(huge)])
        expect(
          (yield* (yield* open(answering(found(scan(scanId, link)), { [scanId]: result }))).ask(link)).missing
        ).toHaveLength(1)
      const silent = yield* open(() => "silence", { asked: { ...limits, deadlineMillis: 100 } })
      expect(yield* silent.ask(link)).toEqual(missing("it did not answer in time"))
    })
  )

  it.live("reads the result of a page of some megabytes", () =>
    Effect.gen(function* () {
      const large = ok({
        data: { requests: "x".repeat(3 * 1024 * 1024) },
        verdicts: { overall: { score: 90, malicious: true } }
      })
      const service = yield* open(answering(found(scan(scanId, link)), { [scanId]: large }))
      expect((yield* service.ask(link)).evidence).toEqual([
        { source: "urlscan", kind: "malicious", detail: "score 90" }
      ])
    })
  )
})

describe("handing links in to urlscan.io", () => {
  const taken = ok({ message: "Submission successful", uuid: scanId, visibility: "unlisted", url: link })
  const posts = (requests: ReadonlyArray<Request>) => requests.filter(({ method }) => method === "POST")

  it.live("is not done unless it is allowed", () =>
    Effect.gen(function* () {
      const service = yield* open(answering(found(), {}, taken))
      expect(yield* service.ask(link)).toEqual(missing("it has not seen the link"))
      expect(posts(service.requests)).toEqual([])
    })
  )

  it.live("is done once, as visible as is allowed, and its result is then asked for by its id", () =>
    Effect.gen(function* () {
      const results: Record<string, Reply> = {}
      const { client, requests, source } = yield* open(answering(found(), results, taken), {
        submits: "unlisted"
      })
      const looking = "it did not know the link, was handed it and is looking at it"
      const ask = source.ask(client, link, Effect.succeed(true))
      expect(yield* ask).toMatchObject({ evidence: [], unknown: looking })
      expect(yield* ask).toMatchObject({ evidence: [], unknown: looking })
      expect(posts(requests).map(({ body }) => JSON.parse(body))).toEqual([
        { url: link, visibility: "unlisted" }
      ])
      results[scanId] = phishing
      expect(yield* ask).toMatchObject({ evidence: [{ kind: "malicious" }] })
      expect(requests.at(-1)!.path).toBe(`/api/v1/result/${scanId}/`)
    })
  )

  it.live("is not done with links that have somebody's address in them, or lead to well-known sites", () =>
    Effect.gen(function* () {
      const service = yield* open(answering(found(), {}, taken), { submits: "public" })
      for (const url of [
        "https://login.example.com/?for=ada@example.org",
        "https://login.example.com/unsubscribe/ada%40example.org",
        "https://docs.google.com/document/d/secret/edit",
        "https://www.paypal.com/invoice/1",
        "https://bit.ly/abc"
      ])
        expect(yield* service.ask(url)).toEqual(missing("it has not seen the link"))
      expect(posts(service.requests)).toEqual([])
    })
  )

  it.live("is not done with what the operator says is a brand's own, and nothing is asked of its host", () =>
    Effect.gen(function* () {
      const brands = brandsOfOperator(parseBrands(`acme: ${new URL(link).hostname}`))
      const other = scan(scanId, new URL("/other", link).href)
      const service = yield* open(answering(found(other), { [scanId]: phishing }, taken), {
        submits: "public",
        brands
      })
      expect(yield* service.ask(link)).toEqual(missing("it has not seen the link"))
      expect(service.requests.map(({ path }) => path)).toEqual(["/api/v1/search/"])
    })
  )

  it.live("is taken note of where it is not taken", () =>
    Effect.gen(function* () {
      const refused = { status: 400, body: { message: "DNS Error - Could not resolve domain" } }
      const service = yield* open(answering(found(), {}, refused), { submits: "private" })
      expect(yield* service.ask(link)).toEqual(missing("it has not seen the link, and does not take it"))
    })
  )

  it.live("costs a request of the quota, and is not done without one", () =>
    Effect.gen(function* () {
      const service = yield* open(answering(found(), {}, taken), { submits: "public" })
      for (let turn = 0; turn < 20; turn++) yield* service.ask(`https://login.example.com/${turn}`)
      // Thirty in a minute: fifteen searches, each with its link handed in.
      expect(service.requests).toHaveLength(30)
      expect(posts(service.requests)).toHaveLength(15)
    })
  )

  it.live("is not done by who asks sparingly", () =>
    Effect.gen(function* () {
      const service = yield* open(answering(found(), {}, taken), { submits: "public" })
      expect(yield* service.ask(link, "sparingly")).toEqual(missing("it has not seen the link"))
      expect(posts(service.requests)).toEqual([])
    })
  )
})
