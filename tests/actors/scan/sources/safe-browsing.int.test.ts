import { createHash } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted, type Scope } from "effect"
import { TestClock } from "effect/testing"
import { safeBrowsingUrl } from "../../../../actors/scan/safe-browsing/canonical.ts"
import { expressionsOf, hashOfExpression } from "../../../../actors/scan/safe-browsing/expressions.ts"
import { openHashLists } from "../../../../actors/scan/safe-browsing/lists/hash-lists.ts"
import { askSource } from "../../../../actors/scan/sources/ask-source.ts"
import { quotaLedger } from "../../../../actors/scan/sources/quota-ledger.ts"
import { safeBrowsing } from "../../../../actors/scan/sources/safe-browsing.ts"
import { openSqlite } from "../../../../infra/sqlite/open.ts"
import { openWebsite, outsideAddress } from "../../../infra/guarded-client/outside.ts"
import { makeSafeBrowsing } from "../safe-browsing/loopback-safe-browsing.ts"
import { limits } from "./service.ts"

const key = Redacted.make("secret-key")
const link = "http://bad.example.com/login/a.php?session=1"
const other = "http://fine.example.org/about"

const hashesOf = (url: string): ReadonlyArray<Buffer> => {
  const parsed = safeBrowsingUrl(url)
  if ("error" in parsed) throw new Error(parsed.error)
  return expressionsOf(parsed).map(hashOfExpression)
}
const hashOf = (expression: string): Buffer => createHash("sha256").update(expression).digest()
const listed = (detail: string) => ({
  evidence: [{ source: "safe-browsing", kind: "listed", detail }],
  missing: []
})
const nothing = { evidence: [], missing: [] }

/** At a time at which there was a Safe Browsing. */
const inTime = <A, E>(name: string, effect: Effect.Effect<A, E, Scope.Scope>) =>
  it.effect(name, () => Effect.scoped(Effect.andThen(TestClock.setTime(1_800_000_000_000), effect)))

const malware = 1
const phishing = 2
const canary = 1

type Mode = "local-list" | "real-time" | "no-storage"

/** The source in one of its modes, before a service that knows one phishing site and one likely harmless. */
const open = Effect.fnUntraced(function* (mode: Mode, makeLimits = limits) {
  const service = makeSafeBrowsing()
  const bad = hashOf("bad.example.com/login/")
  service.dangerous.set(bad.toString("hex"), { threat: phishing, attributes: [] })
  service.publish("se-4b", [bad])
  service.publish("gc-32b", [hashOf("example.org/")])
  service.publishEmpty()
  const web = yield* openWebsite(service.handle)
  const base = `http://${outsideAddress}:${web.port}`
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-safe-browsing-"))),
    (made) => Effect.sync(() => rmSync(made, { recursive: true }))
  )
  const lists = openHashLists({ client: web.client, key, base, folder }, mode === "real-time")
  const source = mode === "no-storage" ? safeBrowsing(key, base) : safeBrowsing(key, base, { mode, lists })
  const ledger = quotaLedger(yield* openSqlite(":memory:", "derived"), 0)
  const searches = () =>
    service.asked
      .filter(({ path }) => path === "/v5/hashes:search")
      .map(({ query }) => query.getAll("hashPrefixes").map((it) => Buffer.from(it, "base64").toString("hex")))
  const known = (url: string) =>
    Effect.clockWith((clock) => Effect.map(clock.currentTimeMillis, (now) => source.known!(url, now)))
  return { ask: askSource(source, web.client, ledger, makeLimits), known, lists, searches, service }
})

const prefixesOf = (url: string) => hashesOf(url).map((hash) => hash.toString("hex", 0, 4))

describe("Safe Browsing without lists", () => {
  it.live("is told the first four bytes of hashes, and nothing of the link", () =>
    Effect.gen(function* () {
      const { ask, searches, service } = yield* open("no-storage")
      expect(yield* ask(link)).toEqual(listed("phishing"))
      expect(yield* ask(other)).toEqual(nothing)
      expect(searches()).toEqual([prefixesOf(link), prefixesOf(other)])
      for (const { path, query } of service.asked) {
        expect([path, query.get("alt"), query.get("key")]).toEqual([
          "/v5/hashes:search",
          "proto",
          "secret-key"
        ])
        expect([...query.keys()].toSorted().filter((name) => name !== "hashPrefixes")).toEqual(["alt", "key"])
      }
    })
  )

  inTime(
    "keeps an answer for as long as it says, also that there is nothing",
    Effect.gen(function* () {
      const { ask, known, searches, service } = yield* open("no-storage")
      service.settings.cacheSeconds = 600
      expect(yield* known(other)).toBeUndefined()
      yield* ask(other)
      expect(yield* known(other)).toEqual({ evidence: [], validSeconds: 0 })
      yield* TestClock.adjust("599 seconds")
      yield* ask(other)
      expect(searches()).toHaveLength(1)
      yield* TestClock.adjust("1 second")
      expect(yield* known(other)).toBeUndefined()
      yield* ask(other)
      expect(searches()).toHaveLength(2)
    })
  )

  inTime(
    "counts an answer that is not to be kept",
    Effect.gen(function* () {
      const { ask, searches, service } = yield* open("no-storage")
      service.settings.cacheSeconds = 0
      expect(yield* ask(link)).toEqual(listed("phishing"))
      expect(yield* ask(link)).toEqual(listed("phishing"))
      expect(searches()).toHaveLength(2)
    })
  )

  it.live("passes over what is not to be warned of, and what it does not know", () =>
    Effect.gen(function* () {
      const { ask, service } = yield* open("no-storage")
      service.dangerous.clear()
      const say = (url: string, threat: number, attributes: ReadonlyArray<number>) =>
        service.dangerous.set(hashesOf(url)[0]!.toString("hex"), { threat, attributes })
      say("http://a.example.com/", malware, [canary])
      say("http://b.example.com/", malware, [2])
      say("http://c.example.com/", malware, [99])
      say("http://d.example.com/", 99, [])
      say("http://e.example.com/", malware, [])
      for (const name of ["a", "b", "c", "d"])
        expect(yield* ask(`http://${name}.example.com/`)).toEqual(nothing)
      expect(yield* ask("http://e.example.com/")).toEqual(listed("malware"))
    })
  )

  it.live.each([
    ["is no message", Buffer.from("<html>")],
    ["ends within a message", Buffer.from("0aff01", "hex")],
    ["is larger than any answer", Buffer.alloc(2 * 1024 * 1024)]
  ] as const)("is missing where what it answers %s", ([, bytes]) =>
    Effect.gen(function* () {
      const { ask, service } = yield* open("no-storage")
      service.settings.trouble = { bytes }
      expect(yield* ask(link)).toEqual({
        evidence: [],
        missing: [{ source: "safe-browsing", reason: "its answer could not be read" }]
      })
    })
  )
})

describe("Safe Browsing with lists of threats", () => {
  inTime(
    "is asked of what a list may hold, and of nothing else",
    Effect.gen(function* () {
      const { ask, known, lists, searches } = yield* open("local-list")
      yield* lists.refresh
      expect(yield* known(other)).toEqual({ evidence: [], validSeconds: 0 })
      expect(yield* ask(other)).toEqual(nothing)
      expect(searches()).toEqual([])
      // What begins as a hash on a list does is no evidence yet.
      expect(yield* known(link)).toBeUndefined()
      expect(yield* ask(link)).toEqual(listed("phishing"))
      expect(searches()).toEqual([[hashOf("bad.example.com/login/").toString("hex", 0, 4)]])
      expect(yield* known(link)).toEqual({ ...listedEvidence, validSeconds: 0 })
      // Another page of the same place needs no question.
      expect(yield* known("http://bad.example.com/login/b.php")).toEqual({
        ...listedEvidence,
        validSeconds: 0
      })
    })
  )

  inTime(
    "has nothing against what only begins as a dangerous hash does",
    Effect.gen(function* () {
      const { ask, lists, service } = yield* open("local-list")
      service.dangerous.clear()
      yield* lists.refresh
      expect(yield* ask(link)).toEqual(nothing)
    })
  )

  inTime(
    "is missing, and asked of nothing, while its lists are not here",
    Effect.gen(function* () {
      const { ask, searches } = yield* open("local-list")
      expect(yield* ask(other)).toEqual({
        evidence: [],
        missing: [{ source: "safe-browsing", reason: "its list se-4b was not fetched yet" }]
      })
      expect(searches()).toEqual([])
    })
  )

  inTime(
    "is missing where its lists are old, and still says what they make it ask",
    Effect.gen(function* () {
      const { ask, lists } = yield* open("local-list")
      yield* lists.refresh
      yield* TestClock.adjust("30 hours")
      const { evidence, missing } = yield* ask(other)
      expect([evidence, missing[0]!.reason]).toEqual([[], "its list se-4b was last fetched 30 hours ago"])
      expect((yield* ask(link)).evidence).toEqual(listed("phishing").evidence)
    })
  )

  inTime(
    "says what its lists do while the service is out of order",
    Effect.gen(function* () {
      const { ask, lists, service } = yield* open("local-list", { ...limits, attemptsMax: 1 })
      yield* lists.refresh
      service.settings.trouble = { status: 503 }
      for (let turn = 0; turn < 6; turn++) expect((yield* ask(link)).missing).toHaveLength(1)
      expect((yield* ask(link)).missing[0]!.reason).toContain("it is left alone until")
      expect(yield* ask(other)).toEqual(nothing)
    })
  )
})

describe("Safe Browsing in real time", () => {
  inTime(
    "is not asked of what is likely to be harmless, and of everything else",
    Effect.gen(function* () {
      const { ask, known, lists, searches } = yield* open("real-time")
      yield* lists.refresh
      expect(yield* known(other)).toEqual({ evidence: [], validSeconds: 0 })
      expect(yield* ask(other)).toEqual(nothing)
      expect(searches()).toEqual([])
      const third = "http://third.example.net/a"
      expect(yield* known(third)).toBeUndefined()
      expect(yield* ask(third)).toEqual(nothing)
      expect(searches()).toEqual([prefixesOf(third)])
    })
  )

  inTime(
    "finds what is on a list of threats within what is likely to be harmless",
    Effect.gen(function* () {
      const { ask, lists, searches, service } = yield* open("real-time")
      const page = "http://fine.example.org/hacked/x.html"
      const hash = hashOf("fine.example.org/hacked/")
      service.publish("mw-4b", [hash])
      service.dangerous.set(hash.toString("hex"), { threat: malware, attributes: [] })
      yield* lists.refresh
      expect(yield* ask(page)).toEqual(listed("malware"))
      expect(searches()).toEqual([[hash.toString("hex", 0, 4)]])
    })
  )

  inTime(
    "is asked of what is likely to be harmless while a list of threats is not here",
    Effect.gen(function* () {
      const { ask, lists, searches, service } = yield* open("real-time")
      // Of the first list that it is asked for.
      service.settings.spoilChecksums = 1
      yield* lists.refresh
      expect(yield* ask(other)).toEqual(nothing)
      expect(searches()).toEqual([prefixesOf(other)])
    })
  )

  inTime(
    "is asked of everything while its lists are not here, or old",
    Effect.gen(function* () {
      const { ask, lists, searches } = yield* open("real-time")
      expect(yield* ask(other)).toEqual(nothing)
      expect(searches()).toEqual([prefixesOf(other)])
      yield* lists.refresh
      yield* TestClock.adjust("30 hours")
      expect(yield* ask(other)).toEqual(nothing)
      expect(searches()).toEqual([prefixesOf(other), prefixesOf(other)])
    })
  )
})

const listedEvidence = { evidence: listed("phishing").evidence }
