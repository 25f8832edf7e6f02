import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { makeScan } from "../../../actors/scan/actor.ts"
import { linksOf } from "../../../actors/whatsapp/sightings.ts"
import { ChatId, hashOf, MessageKey, PersonId } from "../../../contracts/ids.ts"
import { MessageEdited, MessageReceived } from "../../../contracts/message.ts"
import type { Found } from "../../../contracts/scan.ts"
import type { FaultPlan } from "../../../infra/event-log/simulated-log.ts"
import { runWorker } from "../../../infra/actor/worker.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { makeWorld, pass, until } from "../../infra/actor/world.ts"

const here = ChatId.make("cchat0001")
const there = ChatId.make("cchat0002")
const sender = PersonId.make("pperson001")

const makeScanner = Effect.fnUntraced(function* (faults: FaultPlan = {}) {
  const world = yield* makeWorld(faults)
  const keyring = yield* Keyring.pipe(Effect.provideContext(world.services))
  const start = Effect.fnUntraced(function* () {
    const scope = yield* Scope.make()
    let ready = false
    yield* runWorker(makeScan(), () => void (ready = true)).pipe(
      Effect.provideContext(world.services),
      Scope.provide(scope),
      Effect.forkIn(scope)
    )
    yield* until("the scanner is ready", () => ready)
    return { kill: Scope.close(scope, Exit.void) }
  })
  const about = (name: string, text: string, chat: ChatId) => {
    const { links, spelled } = linksOf(keyring.linkKeys([]).current, text)
    const message = MessageKey.make(hashOf(name))
    return {
      chat,
      message,
      sender,
      gateway: "sandbox" as const,
      links,
      said: { text, whatsAppId: name, links: spelled }
    }
  }
  return {
    ...world,
    keyring,
    start,
    posted: (name: string, text: string, chat = here) =>
      world.append(
        MessageReceived({ ...about(name, text, chat), arrival: "live", sentAt: 0, who: { name: "Ada" } })
      ),
    edited: (name: string, text: string, chat = here) =>
      world.append(MessageEdited({ ...about(name, text, chat), editedAt: 0 })),
    scans: () => world.named("scan.completed"),
    urls: () => world.named("scan.completed").map(({ data }) => keyring.open<Found>(data.found)?.url)
  }
})

const bad = "http://192.0.2.7/paypal.com/login.exe"

describe("the scanner", () => {
  it.effect("gives every link of a message a result that explains itself", () =>
    Effect.gen(function* () {
      const scanner = yield* makeScanner()
      yield* scanner.start()
      yield* scanner.posted("m", `look ${bad} and https://en.wikipedia.org/wiki/Uraeus`)
      yield* until("both are scanned", () => scanner.scans().length === 2)
      expect(scanner.urls().toSorted()).toEqual([bad, "https://en.wikipedia.org/wiki/Uraeus"])
      const scan = scanner.scans().find(({ data }) => scanner.keyring.open<Found>(data.found)?.url === bad)!
      expect(scan.data.evidence.length).toBeGreaterThan(0)
      expect(scan.data.level).not.toBe("benign")
      expect(scan.cause).toBe(scanner.named("message.received")[0]!.id)
      // No list and no service is asked yet: that is said, and not scored like a clean answer.
      expect(scan.data.missing).toHaveLength(1)
      expect(JSON.stringify(scan)).not.toContain("192.0.2.7")
    }).pipe(Effect.scoped)
  )

  it.effect("judges what a redirect wrapper leads to, and says that it came in one", () =>
    Effect.gen(function* () {
      const scanner = yield* makeScanner()
      yield* scanner.start()
      yield* scanner.posted("m", `https://www.google.com/url?q=${encodeURIComponent(bad)}`)
      yield* until("it is scanned", () => scanner.scans().length === 1)
      expect(scanner.urls()).toEqual([bad])
      const { evidence, level } = scanner.scans()[0]!.data
      expect(level).not.toBe("benign")
      expect(evidence).toContainEqual({ source: "wrapper", kind: "taken-off", weight: 0 })
      yield* scanner.posted("n", bad, there)
      yield* pass(1_000)
      expect(scanner.scans()).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("scans a link once for all who post it while the result is valid, and again after that", () =>
    Effect.gen(function* () {
      const scanner = yield* makeScanner()
      yield* scanner.start()
      yield* scanner.posted("m", bad)
      yield* until("it is scanned", () => scanner.scans().length === 1)
      yield* scanner.posted("n", bad, there)
      yield* pass(1_000)
      expect(scanner.scans()).toHaveLength(1)
      const [{ data, time }] = scanner.scans() as [ReturnType<typeof scanner.scans>[number]]
      yield* pass(data.validUntil - time + 1_000)
      yield* scanner.posted("o", bad)
      yield* until("it is scanned again", () => scanner.scans().length === 2)
    }).pipe(Effect.scoped)
  )

  it.effect("scans a link once when many post it at the same time", () =>
    Effect.gen(function* () {
      const scanner = yield* makeScanner({
        append: ({ actor }) => (actor === "scan" ? { delayMillis: 500 } : {})
      })
      for (let number = 0; number < 10; number++) yield* scanner.posted(`m${number}`, bad)
      yield* scanner.start()
      yield* pass(60_000)
      expect(scanner.scans()).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("scans the links that an edit brings, and only those", () =>
    Effect.gen(function* () {
      const scanner = yield* makeScanner()
      yield* scanner.start()
      yield* scanner.posted("m", "http://one.example/")
      yield* until("it is scanned", () => scanner.scans().length === 1)
      yield* scanner.edited("m", "http://one.example/ http://two.example/")
      yield* until("the other is scanned", () => scanner.scans().length === 2)
      yield* pass(60_000)
      expect(scanner.urls()).toEqual(["http://one.example/", "http://two.example/"])
    }).pipe(Effect.scoped)
  )

  it.effect("says the same of a link whenever it is killed and handles it again", () =>
    Effect.gen(function* () {
      const scanner = yield* makeScanner({
        delivery: ({ attempt }) => ({ acknowledgementLost: attempt === 1 })
      })
      const first = yield* scanner.start()
      yield* scanner.posted("m", bad)
      yield* until("it is scanned", () => scanner.scans().length === 1)
      yield* first.kill
      yield* scanner.start()
      yield* pass(120_000)
      expect(scanner.scans()).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("tries again, for all who wait for a result, when the log does not take it", () =>
    Effect.gen(function* () {
      let refuse = true
      const scanner = yield* makeScanner({
        append: ({ actor }) => (actor === "scan" && refuse ? { delayMillis: 50, lost: "before" } : {})
      })
      yield* scanner.posted("m", bad)
      yield* scanner.posted("n", bad, there)
      yield* scanner.start()
      yield* pass(500)
      refuse = false
      yield* until("it is scanned", () => scanner.scans().length >= 1)
      yield* pass(60_000)
      expect(new Set(scanner.scans().map(({ data }) => data.link)).size).toBe(1)
      expect(scanner.named("actor.parked")).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("has nothing to do for words that were forgotten, or that hold no link", () =>
    Effect.gen(function* () {
      const scanner = yield* makeScanner()
      yield* scanner.posted("m", bad)
      yield* scanner.posted("n", "good morning", there)
      yield* scanner.keyring.forget(here)
      yield* scanner.start()
      yield* pass(120_000)
      expect(scanner.scans()).toEqual([])
      expect(scanner.named("actor.parked")).toEqual([])
    }).pipe(Effect.scoped)
  )
})
