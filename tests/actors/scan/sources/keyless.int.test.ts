import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { dnsFilter, filters } from "../../../../actors/scan/sources/dns-filter.ts"
import { questionFor, readAnswer } from "../../../../actors/scan/sources/dns-message.ts"
import { rdap } from "../../../../actors/scan/sources/rdap.ts"
import fc from "fast-check"
import { onSettableClock } from "../../schedule/settable-clock.ts"
import { limits, openService, type Reply, type Request } from "./service.ts"

const link = "https://login.bad.example.co.uk/a?b=c"

/** An answer to a question in its own words: flags, the question, and addresses that point to its name. */
const dnsReply = (
  { query }: Request,
  {
    addresses = [],
    code = 0,
    recursion = true
  }: { addresses?: ReadonlyArray<string>; code?: number; recursion?: boolean }
): Reply => {
  const question = Buffer.from(query.get("dns")!, "base64url")
  const head = Buffer.from([0, 0, 0x81, (recursion ? 0x80 : 0) | code, 0, 1, 0, addresses.length, 0, 0, 0, 0])
  const records = addresses.map((address) =>
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split(".").map(Number)])
  )
  return {
    status: 200,
    body: Buffer.concat([head, question.subarray(12), ...records]),
    headers: { "content-type": "application/dns-message" }
  }
}

describe("public name servers", () => {
  it.live("say by an answer without an address that they withhold a name", () =>
    Effect.gen(function* () {
      const service = yield* openService(
        (base) => dnsFilter(filters.cloudflare, base),
        (request) => dnsReply(request, { addresses: ["0.0.0.0"] })
      )
      expect(yield* service.ask(link)).toEqual({
        evidence: [{ source: "dns-filter", kind: "blocked", detail: "Cloudflare" }],
        missing: []
      })
      // Of the same host nothing more is asked, and of the link nothing but its host.
      yield* service.ask("https://login.bad.example.co.uk/other")
      expect(service.requests).toHaveLength(1)
      const [{ path, query }] = service.requests as [Request]
      expect([path, [...query.keys()]]).toEqual(["/dns-query", ["dns"]])
      expect(Buffer.from(query.get("dns")!, "base64url").toString("latin1")).not.toContain("b=c")
    })
  )

  it.live("say by a name that does not exist, of which they asked nobody, that they withhold it", () =>
    Effect.gen(function* () {
      const asked = (code: number, recursion: boolean) =>
        Effect.flatMap(
          openService(
            (base) => dnsFilter(filters.quad9, base),
            (request) => dnsReply(request, { code, recursion })
          ),
          (service) => service.ask(link)
        )
      expect((yield* asked(3, false)).evidence).toEqual([
        { source: "dns-filter", kind: "blocked", detail: "Quad9" }
      ])
      expect(yield* asked(3, true)).toEqual({ evidence: [], missing: [] })
      expect(yield* asked(0, true)).toEqual({ evidence: [], missing: [] })
    })
  )

  it.live("are missing when they fail, and are not asked about addresses", () =>
    Effect.gen(function* () {
      for (const reply of [
        { status: 500, body: "" },
        { status: 200, body: "" },
        { status: 200, body: "not a message at all" },
        "silence"
      ] as const) {
        const service = yield* openService(
          (base) => dnsFilter(filters.quad9, base),
          () => reply,
          {
            ...limits,
            deadlineMillis: 300
          }
        )
        expect(yield* service.ask(link)).toEqual({
          evidence: [],
          missing: [{ source: "quad9-dns", reason: expect.any(String) }]
        })
        expect(yield* service.ask("http://8.8.8.8/")).toEqual({ evidence: [], missing: [] })
      }
    })
  )

  it("are asked in messages that nothing breaks", () => {
    expect(questionFor("a.example.com")?.toString("hex")).toBe(
      "0000010000010000000000000161076578616d706c6503636f6d0000010001"
    )
    expect(questionFor(`${"a".repeat(64)}.com`)).toBeUndefined()
    expect(questionFor("a..com")).toBeUndefined()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const answer = readAnswer(Buffer.from(bytes))
        expect(answer === undefined || answer.addresses.length <= 8).toBe(true)
      })
    )
  })
})

const day = 86_400_000

describe("a registry", () => {
  const registry = (
    reply: (request: Request) => Reply,
    hasList = () => true,
    listComes = Promise.resolve()
  ) =>
    Effect.gen(function* () {
      let base = ""
      const service = yield* openService(
        (at) => {
          base = at
          return rdap(`${at}/rdap/dns.json`)
        },
        async (request): Promise<Reply> => {
          if (request.path !== "/rdap/dns.json") return reply(request)
          await listComes
          if (!hasList()) return { status: 500, body: "" }
          const services = [
            [["com", "uk"], [`${base}/registry/`]],
            [["net"], []]
          ]
          return { status: 200, body: { services } }
        }
      )
      return service
    })

  const registered = (daysAgo: number): Reply => ({
    status: 200,
    body: {
      objectClassName: "domain",
      events: [
        { eventAction: "expiration", eventDate: "2099-01-01T00:00:00Z" },
        { eventAction: "registration", eventDate: new Date(Date.now() - daysAgo * day - 1_000).toISOString() }
      ]
    }
  })

  it.live("says how old a domain is, once for all links of it", () =>
    Effect.gen(function* () {
      const service = yield* registry(() => registered(3))
      expect(yield* service.ask(link)).toEqual({
        evidence: [{ source: "rdap", kind: "age-7", detail: "registered 3 days ago" }],
        missing: []
      })
      yield* service.ask("http://www.example.co.uk/")
      yield* service.ask("https://login.bad.example.co.uk/x")
      expect(service.requests.map(({ path }) => path)).toEqual([
        "/rdap/dns.json",
        "/registry/domain/example.co.uk"
      ])
    })
  )

  it.live.each([
    [0, ["age-7"]],
    [10, ["age-14"]],
    [20, ["age-30"]],
    [100, []],
    [800, ["age-years"]]
  ] as const)("weighs a domain of %i days", ([days, kinds]) =>
    Effect.gen(function* () {
      const service = yield* registry(() => registered(days))
      expect((yield* service.ask(link)).evidence.map(({ kind }) => kind)).toEqual(kinds)
    })
  )

  it.live("is missing where it says nothing, is not there, or fails", () =>
    Effect.gen(function* () {
      const missing = [{ source: "rdap", reason: expect.any(String) }]
      for (const reply of [
        { status: 404, body: { errorCode: 404 } },
        { status: 200, body: { events: [] } },
        { status: 200, body: { events: [{ eventAction: "registration", eventDate: "yesterday" }] } },
        { status: 200, body: "{" },
        { status: 500, body: "" },
        { status: 429, body: "" }
      ])
        expect(yield* (yield* registry(() => reply)).ask(link)).toEqual({ evidence: [], missing })
      const service = yield* registry(() => registered(3))
      expect((yield* service.ask("https://example.net/")).missing).toEqual(missing)
      expect((yield* service.ask("https://example.org/")).missing).toEqual(missing)
      expect(yield* service.ask("http://8.8.8.8/")).toEqual({ evidence: [], missing: [] })
    })
  )

  it.live("asks once for the list of registries, however many wait for it", () =>
    Effect.gen(function* () {
      const service = yield* registry(() => registered(3))
      const domains = Array.from({ length: 20 }, (_, index) => `https://a-${index}.com/`)
      const looks = yield* Effect.forEach(domains, (url) => service.ask(url), { concurrency: "unbounded" })
      expect(looks.filter(({ evidence }) => evidence.length === 1)).toHaveLength(20)
      expect(service.requests.filter(({ path }) => path === "/rdap/dns.json")).toHaveLength(1)
    })
  )

  it.live("goes on with the last list of registries while there is no newer one", () =>
    onSettableClock((forward) =>
      Effect.gen(function* () {
        let isThere = true
        const service = yield* registry(
          () => registered(3),
          () => isThere
        )
        yield* service.ask(link)
        isThere = false
        forward(2 * day)
        expect((yield* service.ask(link)).missing).toEqual([])
        const asked = () => service.requests.filter(({ path }) => path === "/rdap/dns.json").length
        const before = asked()
        forward(day / 2)
        isThere = true
        expect((yield* service.ask(link)).missing).toEqual([])
        expect(asked()).toBe(before + 1)
      })
    )
  )

  it.live("is no worse for a list of registries that takes longer than a link waits", () =>
    Effect.gen(function* () {
      const { promise, resolve } = Promise.withResolvers<void>()
      const service = yield* registry(
        () => registered(3),
        () => true,
        promise
      )
      const domains = Array.from({ length: 10 }, (_, index) => `https://a-${index}.com/`)
      const looks = yield* Effect.forEach(domains, (url) => service.ask(url), { concurrency: "unbounded" })
      expect(new Set(looks.flatMap(({ missing }) => missing.map(({ reason }) => reason)))).toEqual(
        new Set(["the list of registries is not here yet"])
      )
      resolve()
      expect((yield* service.ask("https://b.com/")).evidence).toHaveLength(1)
      expect(service.requests.filter(({ path }) => path === "/rdap/dns.json")).toHaveLength(1)
    })
  )
})
