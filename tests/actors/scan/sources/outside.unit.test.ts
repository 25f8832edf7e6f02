import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Redacted } from "effect"
import { expansionOff } from "../../../../actors/scan/expand/expand.ts"
import { noReputation, type Outside } from "../../../../actors/scan/outside.ts"
import type { Source } from "../../../../actors/scan/sources/source.ts"
import { joined } from "../../../../actors/scan/sources/look-outside.ts"
import { knownSources, sourcesOf } from "../../../../actors/scan/sources/known-sources.ts"
import { outsideWith } from "../../../../actors/scan/sources/sources.ts"
import { GuardedClient } from "../../../../infra/guarded-client/client.ts"
import { judgeUrl } from "../../../../infra/guarded-client/judge-url.ts"

const nobody = GuardedClient.of({
  ask: () => Effect.die(new Error("nobody is asked")),
  download: () => Effect.die(new Error("nobody is asked")),
  certificate: () => Effect.die(new Error("nobody is asked")),
  judge: judgeUrl
})
const ledger = { spend: () => undefined, block: () => {} }
const key = Redacted.make("key")
const none = {
  keyless: false,
  safeBrowsing: undefined,
  urlhaus: undefined,
  virusTotal: undefined,
  phishTank: undefined
}

const makeSource = (name: string, listed: ReadonlyArray<string>) => {
  const asked: Array<string> = []
  const source: Source = {
    name,
    quotas: [],
    ask: (_, url) =>
      Effect.sync(() => {
        asked.push(url)
        return { evidence: listed.includes(url) ? [{ source: name, kind: "listed" }] : [], validSeconds: 60 }
      })
  }
  return { source, asked }
}

const leadsTo = (end: string | undefined): Outside => ({
  asks: ["redirects"],
  unasked: [noReputation],
  look: () => Effect.succeed({ evidence: [], missing: [], ...(end === undefined ? {} : { end }) })
})

describe("everything outside", () => {
  it.effect("is asked about a link and about where it leads", () =>
    Effect.gen(function* () {
      const one = makeSource("one", ["https://end.example.com/"])
      const outside = outsideWith(leadsTo("https://end.example.com/"), [one.source], nobody, ledger)
      expect(outside.asks).toEqual(["redirects", "one"])
      const outlook = yield* outside.look("https://short.example.com/", () => Effect.void)
      expect(one.asked.toSorted()).toEqual(["https://end.example.com/", "https://short.example.com/"])
      expect(outlook).toEqual({
        evidence: [{ source: "one", kind: "listed" }],
        missing: [],
        end: "https://end.example.com/"
      })
    })
  )

  it.effect("is told nothing of a link into a local network, and no password of any", () =>
    Effect.gen(function* () {
      const one = makeSource("one", [])
      const outside = outsideWith(leadsTo(undefined), [one.source], nobody, ledger)
      const look = (url: string) => outside.look(url, () => Effect.void)
      for (const url of ["http://192.168.1.1/admin", "http://printer.local/", "intent://x/#Intent;end"])
        expect((yield* look(url)).missing).toMatchObject([{ source: "one" }])
      expect(one.asked).toEqual([])
      yield* look("https://user:secret@one.example.com:22/a")
      expect(one.asked).toEqual(["https://one.example.com:22/a"])
    })
  )

  it.effect("is asked while the link is still being followed", () =>
    Effect.gen(function* () {
      const arrived = yield* Deferred.make<void>()
      const one = makeSource("one", [])
      const slow: Outside = {
        ...leadsTo(undefined),
        look: () => Effect.as(Deferred.await(arrived), { evidence: [], missing: [] })
      }
      const looking = yield* Effect.forkChild(
        outsideWith(slow, [one.source], nobody, ledger).look("https://a.example.com/", () => Effect.void)
      )
      yield* Effect.yieldNow
      yield* Effect.yieldNow
      expect(one.asked).toEqual(["https://a.example.com/"])
      expect(looking.pollUnsafe()).toBeUndefined()
      yield* Deferred.succeed(arrived, undefined)
      expect(yield* Fiber.join(looking)).toEqual({ evidence: [], missing: [] })
    })
  )

  it("says of every source that is not asked that it is not, by its own name, and by which setting it would be", () => {
    const outside = outsideWith(leadsTo(undefined), sourcesOf({ ...none, urlhaus: key }), nobody, ledger)
    expect(outside.asks).toEqual(["redirects", "urlhaus"])
    expect(outside.unasked.map(({ source }) => source)).toEqual([
      "certificate",
      "rdap",
      "cloudflare-dns",
      "quad9-dns",
      "safe-browsing",
      "virustotal",
      "phishtank",
      "urlscan"
    ])
    for (const { reason } of outside.unasked) expect(reason).toMatch(/WADJET_[A-Z_]+ is (?:off|not set)/)
  })

  it("says of links that are not followed what that leaves unknown", () => {
    const outside = outsideWith(expansionOff, sourcesOf(none), nobody, ledger)
    expect(outside.asks).toEqual([])
    expect(outside.unasked.map(({ source }) => source).slice(0, 3)).toEqual([
      "redirects",
      "page",
      "certificate"
    ])
  })

  it("asks whom it has a key for, and the servers of links where these are followed", () => {
    const everybody = { safeBrowsing: key, urlhaus: key, virusTotal: key, phishTank: key, urlscan: key }
    const sources = sourcesOf({ ...everybody, keyless: true, certificates: true })
    expect(sources.map(({ name }) => name)).toEqual(knownSources.map(({ name }) => name))
    expect(outsideWith(leadsTo(undefined), sources, nobody, ledger).unasked).toEqual([])
  })

  it("counts what is said twice once", () => {
    const listed = { source: "one", kind: "listed" }
    const missing = { source: "two", reason: "it did not answer in time" }
    const outlook = { evidence: [listed], missing: [missing] }
    expect(joined([outlook, outlook])).toEqual(outlook)
  })
})
