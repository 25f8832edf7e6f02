import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import type { Evidence } from "../../../../actors/scan/evidence.ts"
import { phishTank } from "../../../../actors/scan/sources/phishtank.ts"
import { safeBrowsing } from "../../../../actors/scan/sources/safe-browsing.ts"
import type { Source } from "../../../../actors/scan/sources/source.ts"
import { urlhaus } from "../../../../actors/scan/sources/urlhaus.ts"
import { virusTotal } from "../../../../actors/scan/sources/virustotal.ts"
import { expressionsOf, hashOfExpression } from "../../../../actors/scan/safe-browsing/expressions.ts"
import { safeBrowsingUrl } from "../../../../actors/scan/safe-browsing/canonical.ts"
import { limits, openService, type Reply, type Request } from "./service.ts"

const key = Redacted.make("secret-key")
const link = "http://bad.example.com/a/b.exe?c=d&e=ü"

const hashOf = (url: string): Buffer => {
  const parsed = safeBrowsingUrl(url)
  if ("error" in parsed) throw new Error(parsed.error)
  return hashOfExpression(expressionsOf(parsed)[0]!)
}

const ok = (body: unknown): Reply => ({ status: 200, body })

interface Case {
  readonly make: (base: string) => Source
  readonly listed: Reply
  readonly evidence: Evidence
  readonly clean: ReadonlyArray<Reply>
  /** What says that the service does not know the link. */
  readonly unknown: ReadonlyArray<Reply>
  readonly enough: Reply
  readonly keyRefused: Reply
  readonly asked: (request: Request) => void
}

const stats = (malicious: number) => ({
  data: {
    type: "url",
    attributes: {
      last_analysis_stats: { malicious, suspicious: 0, undetected: 20, harmless: 70 - malicious, timeout: 0 }
    }
  }
})

const phish = (results: object) =>
  ok({
    meta: { status: "success", timestamp: "2026-01-01T00:00:00+00:00" },
    results: { url: link, ...results }
  })

const cases: Readonly<Record<string, Case>> = {
  urlhaus: {
    make: (base) => urlhaus(key, base),
    listed: ok({
      query_status: "ok",
      id: "1",
      url_status: "online",
      threat: "malware_download",
      tags: ["elf"]
    }),
    evidence: { source: "urlhaus", kind: "listed", detail: "malware_download, online" },
    clean: [ok({ query_status: "no_results" })],
    unknown: [ok({ query_status: "invalid_url" })],
    enough: { status: 429, body: "" },
    keyRefused: { status: 403, body: { error: "unknown_auth_key" } },
    asked: ({ body, headers, method, path }) => {
      expect([method, path, headers["auth-key"]]).toEqual(["POST", "/v1/url/", "secret-key"])
      expect(new URLSearchParams(body).get("url")).toBe(link)
    }
  },
  virustotal: {
    make: (base) => virusTotal(key, { base }),
    listed: ok(stats(7)),
    evidence: { source: "virustotal", kind: "engines-3", detail: "7 of 90 engines" },
    clean: [ok(stats(0))],
    unknown: [
      { status: 404, body: { error: { code: "NotFoundError", message: "URL not found" } } },
      ok({ data: { attributes: { last_analysis_stats: { malicious: 0, harmless: 0 } } } })
    ],
    enough: { status: 429, body: { error: { code: "QuotaExceededError" } } },
    keyRefused: { status: 401, body: { error: { code: "WrongCredentialsError" } } },
    asked: ({ headers, method, path }) => {
      const id = Buffer.from(link).toString("base64url")
      expect([method, path, headers["x-apikey"]]).toEqual(["GET", `/api/v3/urls/${id}`, "secret-key"])
    }
  },
  phishtank: {
    make: (base) => phishTank(key, base),
    listed: phish({ in_database: true, phish_id: "8721", verified: true, valid: true }),
    evidence: { source: "phishtank", kind: "verified", detail: "no. 8721" },
    clean: [
      phish({ in_database: false }),
      phish({ in_database: true, phish_id: 1, verified: false, valid: false }),
      phish({ in_database: true, phish_id: 1, verified: true, valid: false })
    ],
    unknown: [],
    enough: { status: 509, body: "", headers: { "x-request-limit-interval": "300 Seconds" } },
    keyRefused: { status: 403, body: "" },
    asked: ({ body, headers, method, path }) => {
      expect([method, path, headers["user-agent"]]).toEqual(["POST", "/checkurl/", "phishtank/wadjet"])
      expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
        url: link,
        format: "json",
        app_key: "secret-key"
      })
    }
  },
  "safe-browsing": {
    make: (base) => safeBrowsing(key, base),
    listed: ok({
      fullHashes: [
        {
          fullHash: hashOf(link).toString("base64"),
          fullHashDetails: [
            { threatType: "NEW_THREAT" },
            { threatType: "SOCIAL_ENGINEERING", attributes: [] }
          ]
        }
      ],
      cacheDuration: "300s"
    }),
    evidence: { source: "safe-browsing", kind: "listed", detail: "phishing" },
    clean: [
      ok({ cacheDuration: "300s" }),
      // The same first bytes, and another hash.
      ok({
        fullHashes: [
          {
            fullHash: Buffer.concat([hashOf(link).subarray(0, 4), Buffer.alloc(28)]).toString("base64"),
            fullHashDetails: [{ threatType: "MALWARE" }]
          }
        ],
        cacheDuration: "300s"
      }),
      ok({
        fullHashes: [
          {
            fullHash: hashOf(link).toString("base64"),
            fullHashDetails: [{ threatType: "MALWARE", attributes: ["CANARY"] }, { threatType: "UNHEARD_OF" }]
          }
        ]
      })
    ],
    unknown: [],
    enough: { status: 429, body: { error: { code: 429, status: "RESOURCE_EXHAUSTED" } } },
    keyRefused: { status: 403, body: { error: { code: 403, status: "PERMISSION_DENIED" } } },
    asked: ({ headers, method, path, query }) => {
      expect([method, path, query.get("key")]).toEqual(["GET", "/v5/hashes:search", "secret-key"])
      const prefixes = query.getAll("hashPrefixes").map((text) => Buffer.from(text, "base64"))
      expect(prefixes.every((prefix) => prefix.length === 4)).toBe(true)
      expect(prefixes.map((prefix) => prefix.toString("hex"))).toContain(hashOf(link).toString("hex", 0, 4))
      expect(JSON.stringify([headers, path])).not.toContain("bad.example.com")
    }
  }
}

describe.each(Object.entries(cases))("%s", (name, it_) => {
  const { asked, clean, enough, evidence, keyRefused, listed, make, unknown } = it_

  it.live("says that a link is listed, and is not asked again for a while", () =>
    Effect.gen(function* () {
      const service = yield* openService(make, () => listed)
      expect(yield* service.ask(link)).toEqual({ evidence: [evidence], missing: [] })
      expect(yield* service.ask(link)).toEqual({ evidence: [evidence], missing: [] })
      expect(service.requests).toHaveLength(1)
      asked(service.requests[0]!)
    })
  )

  it.live("says that it has nothing against a link", () =>
    Effect.gen(function* () {
      for (const reply of clean) {
        const service = yield* openService(make, () => reply)
        expect(yield* service.ask(link)).toEqual({ evidence: [], missing: [] })
      }
    })
  )

  it.live("is missing, and not clean, where it does not know a link", () =>
    Effect.gen(function* () {
      for (const reply of unknown) {
        const service = yield* openService(make, () => reply)
        expect(yield* service.ask(link)).toEqual({
          evidence: [],
          missing: [{ source: name, reason: expect.any(String) }]
        })
      }
    })
  )

  it.live("is missing while it has been asked enough, and is not asked meanwhile", () =>
    Effect.gen(function* () {
      const service = yield* openService(make, () => enough)
      const missing = (reason: string) => ({
        evidence: [],
        missing: [{ source: name, reason: expect.stringContaining(reason) }]
      })
      expect(yield* service.ask(link)).toEqual(missing("it has been asked enough"))
      expect(yield* service.ask(`${link}&f`)).toEqual(missing("its quota is used up until"))
      expect(service.requests).toHaveLength(1)
    })
  )

  it.live("is left alone once it does not accept the key", () =>
    Effect.gen(function* () {
      const service = yield* openService(make, () => keyRefused)
      const [first, second] = [yield* service.ask(link), yield* service.ask(link)]
      expect(first.missing).toEqual([{ source: name, reason: "it does not accept the key" }])
      expect(second.missing[0]!.reason).toContain("it is left alone until")
      expect(service.requests).toHaveLength(1)
    })
  )

  it.live("is asked again when it is out of order for a moment", () =>
    Effect.gen(function* () {
      let turn = 0
      const service = yield* openService(make, () => (turn++ < 2 ? { status: 503, body: "" } : listed))
      expect(yield* service.ask(link)).toEqual({ evidence: [evidence], missing: [] })
      expect(service.requests).toHaveLength(3)
    })
  )

  it.live("is missing, and then left alone, when it is out of order for longer", () =>
    Effect.gen(function* () {
      const service = yield* openService(make, () => ({ status: 500, body: "<h1>oops</h1>" }), {
        ...limits,
        attemptsMax: 1
      })
      const reasons: Array<string> = []
      for (let turn = 0; turn < 6; turn++)
        reasons.push((yield* service.ask(`${link}${turn}`)).missing[0]!.reason)
      // VirusTotal's quota of four a minute comes before the fifth failure.
      expect(reasons[0]).toBe("it is out of order")
      expect(reasons[5]).toMatch(/it is left alone until|its quota is used up until/)
      expect(service.requests.length).toBeLessThanOrEqual(5)
    })
  )

  it.live("is missing when it does not answer in time", () =>
    Effect.gen(function* () {
      const service = yield* openService(make, () => "silence", { ...limits, deadlineMillis: 100 })
      expect((yield* service.ask(link)).missing).toEqual([
        { source: name, reason: "it did not answer in time" }
      ])
    })
  )

  it.live("is missing when its answer is broken, of another shape, or without an end", () =>
    Effect.gen(function* () {
      const huge = JSON.stringify({ padding: "x".repeat(2 * 1024 * 1024) })
      for (const body of ["{", "[]", { results: 1, data: 1, fullHashes: 1, query_status: 1 }, huge, ""]) {
        const service = yield* openService(make, () => ok(body))
        expect((yield* service.ask(link)).missing).toEqual([{ source: name, reason: expect.any(String) }])
      }
    })
  )
})

describe("URLhaus", () => {
  it.live("is left alone once it says in an ordinary answer that it does not know the key", () =>
    Effect.gen(function* () {
      const service = yield* openService(
        (base) => urlhaus(key, base),
        () => ok({ query_status: "unknown_auth_key" })
      )
      expect((yield* service.ask(link)).missing[0]!.reason).toBe("it does not accept the key")
      yield* service.ask(`${link}&f`)
      expect(service.requests).toHaveLength(1)
    })
  )
})

describe("PhishTank", () => {
  it.live("is asked again after the interval that it names", () =>
    Effect.gen(function* () {
      const service = yield* openService(
        (base) => phishTank(key, base),
        () => ({ status: 509, body: "", headers: { "x-request-limit-interval": "3000 Seconds" } })
      )
      const before = Date.now()
      yield* service.ask(link)
      const reason = (yield* service.ask(`${link}&f`)).missing[0]!.reason
      const until = Date.parse(`${/until (.+) UTC/.exec(reason)?.[1]?.replace(" ", "T")}:00Z`)
      expect(until).toBeGreaterThan(before + 2_900_000)
      expect(service.requests).toHaveLength(1)
    })
  )
})

describe("a quota", () => {
  it.live("is kept: the fifth link of a minute is not asked of VirusTotal", () =>
    Effect.gen(function* () {
      const service = yield* openService(
        (base) => virusTotal(key, { base }),
        () => ok(stats(0))
      )
      const found = yield* Effect.forEach([0, 1, 2, 3, 4], (number) => service.ask(`${link}${number}`))
      expect(found.map(({ missing }) => missing.length)).toEqual([0, 0, 0, 0, 1])
      expect(service.requests).toHaveLength(4)
    })
  )
})

describe("Safe Browsing", () => {
  it.live("is asked for no prefix twice while its answer holds", () =>
    Effect.gen(function* () {
      const service = yield* openService(
        (base) => safeBrowsing(key, base),
        () => ok({ cacheDuration: "300s" })
      )
      yield* service.ask("http://one.example.com/a")
      yield* service.ask("http://one.example.com/b")
      const [first, second] = service.requests.map(({ query }) => query.getAll("hashPrefixes"))
      expect(second!.filter((prefix) => first!.includes(prefix))).toEqual([])
      expect(second!.length).toBeGreaterThan(0)
    })
  )
})
