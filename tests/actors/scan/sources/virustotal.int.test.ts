import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { type BrandIndex, brandsOfOperator } from "../../../../actors/scan/brand-index.ts"
import { virusTotal } from "../../../../actors/scan/sources/virustotal.ts"
import { parseBrands } from "../../../../contracts/brand-list.ts"
import { openService, type Reply, type Request } from "./service.ts"

const key = Redacted.make("secret-key")
const link = "http://new.example.com/a?b=c"

const unknown: Reply = { status: 404, body: { error: { code: "NotFoundError", message: "URL not found" } } }
const taken: Reply = { status: 200, body: { data: { type: "analysis", id: "u-abc-1604933101", links: {} } } }
const handedIn = "it did not know the link, was handed it and is looking at it"

const open = (reply: (request: Request) => Reply, submits: boolean, brands?: BrandIndex) =>
  openService((base) => virusTotal(key, { base, brands, submits }), reply)

const answering =
  (post: Reply) =>
  ({ method }: Request): Reply =>
    method === "POST" ? post : unknown

const posts = (requests: ReadonlyArray<Request>) => requests.filter(({ method }) => method === "POST")
const reasonOf = ({ missing }: { readonly missing: ReadonlyArray<{ readonly reason: string }> }) =>
  missing.map(({ reason }) => reason)

describe("handing links in to VirusTotal", () => {
  it.live("is not done unless it is allowed", () =>
    Effect.gen(function* () {
      const service = yield* open(answering(taken), false)
      expect(reasonOf(yield* service.ask(link))).toEqual(["it does not know the link"])
      expect(posts(service.requests)).toEqual([])
    })
  )

  it.live("is done with a link that it does not know", () =>
    Effect.gen(function* () {
      const service = yield* open(answering(taken), true)
      expect(reasonOf(yield* service.ask(link))).toEqual([handedIn])
      const [post] = posts(service.requests)
      expect([post!.path, post!.headers["x-apikey"], post!.body]).toEqual([
        "/api/v3/urls",
        "secret-key",
        new URLSearchParams({ url: link }).toString()
      ])
    })
  )

  it.live("is not done with what is known, or is somebody's", () =>
    Effect.gen(function* () {
      const stats = { malicious: 0, harmless: 70 }
      const known: Reply = { status: 200, body: { data: { attributes: { last_analysis_stats: stats } } } }
      const service = yield* open(() => known, true)
      yield* service.ask(link)
      expect(posts(service.requests)).toEqual([])
      const asked = yield* open(answering(taken), true)
      yield* asked.ask("http://new.example.com/?to=ada@example.org")
      yield* asked.ask("https://drive.google.com/file/d/1/view")
      expect(posts(asked.requests)).toEqual([])
      const own = yield* open(answering(taken), true, brandsOfOperator(parseBrands("acme: new.example.com")))
      yield* own.ask(link)
      expect(posts(own.requests)).toEqual([])
    })
  )

  it.live("counts: four requests a minute, looked up and handed in together", () =>
    Effect.gen(function* () {
      const service = yield* open(answering(taken), true)
      const found = yield* Effect.forEach([0, 1, 2], (turn) => service.ask(`${link}${turn}`))
      expect(service.requests.map(({ method }) => method)).toEqual(["GET", "POST", "GET", "POST"])
      expect(reasonOf(found[1]!)).toEqual([handedIn])
      expect(reasonOf(found[2]!)[0]).toContain("its quota is used up until")
    })
  )

  it.live("leaves the last request of a minute unspent on what was looked up with it", () =>
    Effect.gen(function* () {
      const service = yield* open(
        (request) =>
          request.path.endsWith(Buffer.from(`${link}0`).toString("base64url"))
            ? { status: 200, body: { data: { attributes: { last_analysis_stats: { harmless: 1 } } } } }
            : answering(taken)(request),
        true
      )
      yield* service.ask(`${link}0`)
      yield* service.ask(`${link}1`)
      // The fourth is the look-up itself: there is none left to hand the link in.
      expect(reasonOf(yield* service.ask(`${link}2`))).toEqual(["it does not know the link"])
      expect(service.requests.map(({ method }) => method)).toEqual(["GET", "GET", "POST", "GET"])
    })
  )

  it.live("is a question left open where it is refused", () =>
    Effect.gen(function* () {
      const refused: Reply = { status: 400, body: { error: { code: "InvalidArgumentError" } } }
      expect(reasonOf(yield* (yield* open(answering(refused), true)).ask(link))).toEqual([
        "it does not know the link"
      ])
      const enough: Reply = { status: 429, body: { error: { code: "QuotaExceededError" } } }
      expect(reasonOf(yield* (yield* open(answering(enough), true)).ask(link))).toEqual([
        "it has been asked enough"
      ])
      const forbidden: Reply = { status: 403, body: { error: { code: "ForbiddenError" } } }
      expect(reasonOf(yield* (yield* open(answering(forbidden), true)).ask(link))).toEqual([
        "it does not accept the key"
      ])
    })
  )
})
