import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Scope } from "effect"
import { makeScan } from "../../../actors/scan/actor.ts"
import { brandsOfOperator, builtInBrands } from "../../../actors/scan/brand-index.ts"
import { expansion } from "../../../actors/scan/expand/expand.ts"
import { type Lists, noLists } from "../../../actors/scan/lists.ts"
import { makeOutsideScan } from "../../../actors/scan/outside-actor.ts"
import type { Evidence } from "../../../actors/scan/evidence.ts"
import type { Outlook, Outside } from "../../../actors/scan/outside.ts"
import { makeRecentScans } from "../../../actors/scan/recent-scans.ts"
import { linksOf } from "../../../actors/whatsapp/sightings.ts"
import { parseBrands } from "../../../contracts/brand-list.ts"
import { ChatId, hashOf, MessageKey, PersonId } from "../../../contracts/ids.ts"
import { MessageReceived } from "../../../contracts/message.ts"
import type { Found } from "../../../contracts/scan.ts"
import { runWorker } from "../../../infra/actor/worker.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { makeWorld, pass, until } from "../../infra/actor/world.ts"
import { openWebsite, outsideAddress } from "../../infra/guarded-client/outside.ts"

const chat = ChatId.make("cchat0001")
const sender = PersonId.make("pperson001")

const makeScanner = Effect.fnUntraced(function* (
  outside: Outside,
  lists: Lists = noLists,
  brands = builtInBrands()
) {
  const world = yield* makeWorld()
  const keyring = yield* Keyring.pipe(Effect.provideContext(world.services))
  const start = Effect.fnUntraced(function* () {
    const scope = yield* Scope.make()
    const recent = makeRecentScans()
    let ready = 0
    for (const one of [
      runWorker(makeScan(outside, recent, lists, brands), () => void ready++),
      runWorker(makeOutsideScan(outside, recent, lists, brands), () => void ready++)
    ])
      yield* one.pipe(Effect.provideContext(world.services), Scope.provide(scope), Effect.forkIn(scope))
    yield* until("both looks are ready", () => ready === 2)
    return { kill: Scope.close(scope, Exit.void) }
  })
  const posted = (name: string, text: string, arrival: "live" | "imported" = "live") => {
    const { links, spelled } = linksOf(keyring.linkKeys([]).current, text)
    return world.append(
      MessageReceived({
        chat,
        message: MessageKey.make(hashOf(name)),
        sender,
        gateway: "sandbox" as const,
        links,
        said: { text, whatsAppId: name, links: spelled },
        arrival,
        sentAt: 0,
        who: { name: "Ada" }
      })
    )
  }
  const foundIn = (at: number) => keyring.open<Found>(world.named("scan.completed")[at]!.data.found)
  const urlOf = ({ found }: { readonly found: Parameters<typeof keyring.open>[0] }) =>
    keyring.open<Found>(found)!.url
  return { ...world, keyring, start, posted, foundIn, urlOf, scans: () => world.named("scan.completed") }
})

const bad = "http://192.0.2.7/paypal.com/login.exe"
const worse: Outlook = {
  evidence: [{ source: "redirects", kind: "refused-address", detail: "127[.]0[.]0[.]1" }],
  missing: [],
  hops: [{ url: "https://one.example.com/", by: "asked" }],
  end: bad
}

/** An outside that answers when it is told to. */
const makeSlow = Effect.fnUntraced(function* (outlook: Outlook, early: ReadonlyArray<Evidence> = []) {
  const answer = yield* Deferred.make<void>()
  const asked: Array<string> = []
  const outside: Outside = {
    asks: ["redirects"],
    unasked: [],
    look: (url, heard) => {
      asked.push(url)
      return heard(early).pipe(Effect.andThen(Deferred.await(answer)), Effect.as(outlook))
    }
  }
  return { outside, asked, answer: Deferred.succeed(answer, undefined) }
})

describe("the second look at a link", () => {
  it.effect("follows the first result, which waits for nobody", () =>
    Effect.gen(function* () {
      const slow = yield* makeSlow(worse)
      const scanner = yield* makeScanner(slow.outside)
      yield* scanner.start()
      yield* scanner.posted("m", "https://one.example.com/")
      yield* until("the outside is asked", () => slow.asked.length === 1)
      const [first] = scanner.scans()
      expect(first!.data).toMatchObject({
        level: "benign",
        awaits: ["redirects"],
        missing: [{ source: "redirects", reason: "it is being asked" }]
      })
      yield* slow.answer
      yield* until("there is a second result", () => scanner.scans().length === 2)
      const second = scanner.scans()[1]!
      expect(second.data).toMatchObject({
        link: first!.data.link,
        level: "malicious",
        missing: [],
        revises: first!.sequence,
        chat,
        sender
      })
      expect(second.data.awaits).toBeUndefined()
      expect(second.data.end).toEqual(linksOf(scanner.keyring.linkKeys([]).current, bad).links[0])
      expect(second.cause).toBe(first!.id)
      expect(scanner.foundIn(1)).toMatchObject({ url: "https://one.example.com/", hops: worse.hops })
      // Where it led is as secret as where it began.
      expect(JSON.stringify(second)).not.toContain("one.example.com")
      expect(JSON.stringify(second)).not.toContain("192.0.2.7")
    }).pipe(Effect.scoped)
  )

  it.effect("warns at once of what one source says, whoever else is still being asked", () =>
    Effect.gen(function* () {
      const listed = [{ source: "safe-browsing", kind: "listed", detail: "phishing" }]
      const slow = yield* makeSlow({ evidence: listed, missing: [] }, listed)
      const scanner = yield* makeScanner(slow.outside)
      yield* scanner.start()
      yield* scanner.posted("m", "https://one.example.com/")
      yield* until("it is known to be dangerous", () => scanner.scans().length === 2)
      const [first, second] = scanner.scans()
      expect(second!.data).toMatchObject({
        level: "malicious",
        revises: first!.sequence,
        missing: first!.data.missing
      })
      yield* slow.answer
      yield* until("everybody has answered", () => scanner.scans().length === 3)
      expect(scanner.scans()[2]!.data).toMatchObject({
        level: "malicious",
        revises: second!.sequence,
        missing: []
      })
    }).pipe(Effect.scoped)
  )

  it.effect("is not waited for by what a source knows already, for or against the link", () =>
    Effect.gen(function* () {
      const slow = yield* makeSlow({ evidence: [], missing: [] })
      const phishing = { source: "safe-browsing", kind: "listed", detail: "phishing" }
      const scanner = yield* makeScanner({
        ...slow.outside,
        asks: ["redirects", "safe-browsing"],
        known: (url) => {
          if (url.includes("unheard-of")) return []
          return [{ source: "safe-browsing", evidence: url.includes("bad") ? [phishing] : [] }]
        }
      })
      yield* scanner.start()
      for (const name of ["unheard-of", "fine", "bad"]) {
        yield* scanner.posted(name, `https://${name}.example.com/`)
        yield* until("it is scanned", () =>
          scanner.scans().some(({ data }) => scanner.urlOf(data).includes(name))
        )
      }
      const first = (name: string) =>
        scanner.scans().find(({ data }) => scanner.urlOf(data).includes(name))!.data
      const asked = (source: string) => ({ source, reason: "it is being asked" })
      expect(first("unheard-of")).toMatchObject({
        awaits: ["redirects", "safe-browsing"],
        missing: [asked("redirects"), asked("safe-browsing")]
      })
      expect(first("fine")).toMatchObject({
        level: "benign",
        awaits: ["redirects"],
        missing: [asked("redirects")]
      })
      expect(first("bad")).toMatchObject({ level: "malicious", awaits: ["redirects"] })
      yield* slow.answer
    }).pipe(Effect.scoped)
  )

  it.effect(
    "has a result when the time of a chat is up, and another where waiting longer found something",
    () =>
      Effect.gen(function* () {
        for (const late of [worse, { evidence: [], missing: [] }]) {
          const answer = yield* Deferred.make<void>()
          const scanner = yield* makeScanner({
            asks: ["redirects"],
            unasked: [],
            look: (_url, _heard, _asking, soFar = () => Effect.void) =>
              soFar({
                evidence: [],
                missing: [{ source: "redirects", reason: "it did not answer in time" }]
              }).pipe(Effect.andThen(Deferred.await(answer)), Effect.as(late))
          })
          const running = yield* scanner.start()
          yield* scanner.posted("m", "https://one.example.com/")
          yield* until("there is a second result", () => scanner.scans().length === 2)
          const [first, second] = scanner.scans()
          expect(second!.data).toMatchObject({
            level: "benign",
            revises: first!.sequence,
            missing: [{ source: "redirects", reason: "it did not answer in time" }]
          })
          expect(second!.data.awaits).toBeUndefined()
          yield* Deferred.succeed(answer, undefined)
          yield* pass(60_000)
          const later = scanner.scans().slice(2)
          expect(later.map(({ data }) => [data.level, data.revises, data.missing])).toEqual(
            late === worse ? [["malicious", second!.sequence, []]] : []
          )
          yield* running.kill
        }
      }).pipe(Effect.scoped)
  )

  it.effect("is taken again after a crash, once", () =>
    Effect.gen(function* () {
      const slow = yield* makeSlow(worse)
      const scanner = yield* makeScanner(slow.outside)
      const first = yield* scanner.start()
      yield* scanner.posted("m", "https://one.example.com/")
      yield* until("the outside is asked", () => slow.asked.length === 1)
      yield* first.kill
      yield* slow.answer
      yield* scanner.start()
      yield* pass(120_000)
      expect(scanner.scans()).toHaveLength(2)
    }).pipe(Effect.scoped)
  )

  it.effect("holds longer than a first result, which lacks what it waits for", () =>
    Effect.gen(function* () {
      const slow = yield* makeSlow({ evidence: [], missing: [] })
      const scanner = yield* makeScanner(slow.outside)
      yield* scanner.start()
      yield* slow.answer
      yield* scanner.posted("m", "https://one.example.com/")
      yield* until("there are two results", () => scanner.scans().length === 2)
      const [first, second] = scanner.scans().map(({ data, time }) => data.validUntil - time)
      expect(second).toBeGreaterThan(first!)
      yield* pass(first! + 1_000)
      yield* scanner.posted("n", "https://one.example.com/")
      yield* pass(60_000)
      expect(scanner.scans()).toHaveLength(2)
    }).pipe(Effect.scoped)
  )

  it.effect("asks nobody about the past, and asks once the link is posted live", () =>
    Effect.gen(function* () {
      const slow = yield* makeSlow(worse)
      const scanner = yield* makeScanner(slow.outside)
      yield* scanner.start()
      yield* slow.answer
      yield* scanner.posted("m", "https://one.example.com/", "imported")
      yield* until("it is scanned", () => scanner.scans().length === 1)
      yield* pass(60_000)
      expect(slow.asked).toEqual([])
      expect(scanner.scans()[0]!.data.missing).toEqual([
        { source: "redirects", reason: "not asked about messages of the past" }
      ])
      expect(scanner.scans()[0]!.data.past).toBe(true)
      yield* scanner.posted("n", "https://one.example.com/")
      yield* until("the outside is asked", () => scanner.scans().length === 3)
      expect(slow.asked).toEqual(["https://one.example.com/"])
    }).pipe(Effect.scoped)
  )

  it.effect("has nothing to look at once the words are forgotten", () =>
    Effect.gen(function* () {
      const slow = yield* makeSlow(worse)
      const scanner = yield* makeScanner(slow.outside)
      const first = yield* scanner.start()
      yield* scanner.posted("m", "https://one.example.com/")
      yield* until("the outside is asked", () => slow.asked.length === 1)
      yield* first.kill
      yield* scanner.keyring.forget(chat)
      yield* slow.answer
      yield* scanner.start()
      yield* pass(120_000)
      expect(scanner.scans()).toHaveLength(1)
      expect(slow.asked).toHaveLength(1)
      expect(scanner.named("actor.parked")).toEqual([])
    }).pipe(Effect.scoped)
  )
})

describe("lists on this machine", () => {
  const end = "https://end.example.com/"
  const lists: Lists = {
    lookUp: (url) => (url === end ? [{ source: "feed", kind: "url", detail: "one, since 2026-01-01" }] : []),
    missing: () => [{ source: "feed two", reason: "it was not fetched yet" }]
  }

  it.effect("count in the first look, and say what they could not say", () =>
    Effect.gen(function* () {
      const slow = yield* makeSlow({ evidence: [], missing: [] })
      const scanner = yield* makeScanner(slow.outside, lists)
      yield* scanner.start()
      yield* scanner.posted("m", end)
      yield* until("the outside is asked", () => slow.asked.length === 1)
      expect(scanner.scans()[0]!.data).toMatchObject({
        level: "malicious",
        missing: [{ source: "redirects" }, { source: "feed two" }]
      })
      expect(scanner.scans()[0]!.data.evidence).toContainEqual({ source: "feed", kind: "url", weight: 30 })
    }).pipe(Effect.scoped)
  )

  it.effect("are asked about where a link leads as well", () =>
    Effect.gen(function* () {
      const slow = yield* makeSlow({ evidence: [], missing: [], end })
      const scanner = yield* makeScanner(slow.outside, lists)
      yield* scanner.start()
      yield* slow.answer
      yield* scanner.posted("m", "https://short.example.com/")
      yield* until("there are two results", () => scanner.scans().length === 2)
      expect(scanner.scans().map(({ data }) => data.level)).toEqual(["benign", "malicious"])
    }).pipe(Effect.scoped)
  )
})

describe("the operator's brands", () => {
  const brands = brandsOfOperator(parseBrands("villagebank: village-bank.example"))
  const imitation = "https://villagebank-login.com/"

  it.effect("are looked for in a link, and in where it leads", () =>
    Effect.gen(function* () {
      const slow = yield* makeSlow({ evidence: [], missing: [], end: imitation })
      const scanner = yield* makeScanner(slow.outside, noLists, brands)
      yield* scanner.start()
      yield* slow.answer
      const foundBy = (at: number) => {
        const { evidence } = scanner.scans()[at]!.data
        return evidence.filter(({ source }) => source === "look-alike").map(({ kind }) => kind)
      }
      yield* scanner.posted("m", "https://short.example.com/")
      yield* until("there are two results", () => scanner.scans().length === 2)
      expect([foundBy(0), foundBy(1)]).toEqual([[], ["high"]])
      yield* scanner.posted("n", imitation)
      yield* until("the next link has a result", () => scanner.scans().length > 2)
      expect(foundBy(2)).toEqual(["high"])
    }).pipe(Effect.scoped)
  )
})

describe("following links", () => {
  it.live("finds a short link that ends on an address inside, and connects to nothing there", () =>
    Effect.gen(function* () {
      const zone = new Map([["short.example.com", [[outsideAddress]]]])
      const open = yield* openWebsite((request, response) => {
        const inside = `http://127.0.0.1:${request.socket.localPort}/admin`
        response.writeHead(302, { location: inside }).end()
      }, zone)
      const outlook = yield* expansion(open.client).look(
        `http://short.example.com:${open.port}/x`,
        () => Effect.void
      )
      expect(outlook.evidence.map(({ kind }) => kind)).toEqual(["refused-address"])
      expect(outlook.hops).toHaveLength(2)
      expect(open.counted).toEqual({ outside: 1, inside: 0 })
    })
  )

  it.live("says what is missing where a server does not answer", () =>
    Effect.gen(function* () {
      const open = yield* openWebsite(() => {}, new Map())
      const outlook = yield* expansion(open.client).look(
        `http://gone.example.com:${open.port}/`,
        () => Effect.void
      )
      expect(outlook).toMatchObject({
        evidence: [],
        missing: [
          { source: "redirects", reason: "the name does not exist" },
          { source: "page", reason: "no page was reached" }
        ]
      })
    })
  )
})
