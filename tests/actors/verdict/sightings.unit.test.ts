import Database from "better-sqlite3"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { gone, type Scan, type Sighting, ways } from "../../../actors/verdict/model.ts"
import { putScan, scanOf } from "../../../actors/verdict/scans.ts"
import {
  addSighting,
  changeSighting,
  sightingOf,
  sightingsIn,
  sightingsOn,
  sightingsToldBy
} from "../../../actors/verdict/sightings.ts"
import { ChatId, HostId, LinkId, MessageKey, OutboxId, PersonId } from "../../../contracts/ids.ts"
import { Level } from "../../../contracts/level.ts"
import { Gateway } from "../../../contracts/message.ts"
import { openStateStore } from "../../../infra/actor/state-store.ts"

const open = () => openStateStore(new Database(":memory:"), "g", 1)

const hash = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 40, maxLength: 40 })
const level = fc.constantFrom(...Level.literals)
const outbox = hash.map((it) => OutboxId.make(it))
const host = hash.map((it) => HostId.make(it))

/** Absent where it is drawn as undefined. */
const known = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, it]) => it !== undefined)) as { [K in keyof T]?: never }

const told = fc.oneof(
  fc.record({ level }),
  fc.record({ level, notice: outbox, by: fc.constantFrom(...ways) })
)

const anySighting = fc
  .record({
    chat: fc.constantFrom("cchat0001", `c${"z9".repeat(15)}`).map((it) => ChatId.make(it)),
    message: hash.map((it) => MessageKey.make(it)),
    link: hash.map((it) => LinkId.make(it)),
    sender: fc.constantFrom("psender000", `p${"a1".repeat(15)}`).map((it) => PersonId.make(it)),
    gateway: fc.constantFrom(...Gateway.literals),
    host,
    domains: fc.array(host, { maxLength: 130 }),
    hostIsDomain: fc.boolean(),
    sequence: fc.maxSafeNat(),
    time: fc.integer({ min: 0, max: 8_640_000_000_000_000 }),
    words: fc.maxSafeNat(),
    told: fc.option(told, { nil: undefined }),
    gone: fc.option(fc.constantFrom(...gone), { nil: undefined }),
    withdrawn: fc.constantFrom(undefined, true as const),
    earlier: fc.option(outbox, { nil: undefined }),
    refused: fc.constantFrom(undefined, ...ways),
    deferredUntil: fc.option(fc.maxSafeNat(), { nil: undefined })
  })
  .map(({ domains, hostIsDomain, ...rest }) => ({
    ...known(rest),
    domains: hostIsDomain ? [...domains, rest.host] : domains
  })) as fc.Arbitrary<Sighting>

const example: Sighting = {
  chat: ChatId.make("cchat0001"),
  message: MessageKey.make("1".repeat(40)),
  link: LinkId.make("2".repeat(40)),
  sender: PersonId.make("psender000"),
  gateway: "sandbox",
  host: HostId.make("3".repeat(40)),
  domains: [HostId.make("4".repeat(40)), HostId.make("3".repeat(40))],
  sequence: 1,
  time: 2,
  words: 3
}

/** A hash that begins as another one does, and goes on in another way. */
const like = (hashed: string, digits: number) => hashed.slice(0, digits).padEnd(40, "e")

const remembering = (...sightings: ReadonlyArray<Sighting>) => {
  const store = open()
  store.fold(1, () => {
    for (const sighting of sightings) addSighting(store.state, sighting)
  })
  return store
}

describe("a sighting", () => {
  it("is remembered as it is, whatever is said of it, and found by all that it is about", () => {
    fc.assert(
      fc.property(anySighting, anySighting, (first, second) => {
        const store = remembering(first)
        expect(sightingOf(store.state, first)?.value).toEqual(first)
        for (const token of [first.link, first.host, ...first.domains])
          expect(sightingsOn(store.state, token).map(({ value }) => value)).toEqual([first])
        expect(sightingsIn(store.state, first).map(({ value }) => value)).toEqual([first])
        const now = { ...second, chat: first.chat, message: first.message, link: first.link }
        store.fold(2, () => changeSighting(store.state, sightingOf(store.state, first)!, now))
        expect(sightingOf(store.state, first)?.value).toEqual(now)
        for (const notice of [now.told?.notice].filter((it) => it !== undefined))
          expect(sightingsToldBy(store.state, notice).map(({ value }) => value)).toEqual([now])
      }),
      { numRuns: 60 }
    )
  })

  it("is not taken for another one whose message and link begin alike", () => {
    const other = {
      ...example,
      message: MessageKey.make(like(example.message, 7)),
      link: LinkId.make(like(example.link, 4))
    }
    const store = remembering(example, other)
    expect(sightingOf(store.state, example)?.value).toEqual(example)
    expect(sightingOf(store.state, other)?.value).toEqual(other)
    expect(sightingsIn(store.state, example).map(({ value }) => value)).toEqual([example])
    expect(sightingOf(store.state, { ...example, message: other.message })).toBeUndefined()
    expect(sightingOf(store.state, { ...example, chat: ChatId.make("cchat0002") })).toBeUndefined()
  })

  it("is not found by a token that begins like one of its own", () => {
    const store = remembering(example)
    for (const token of [example.link, example.host, example.domains[0]!])
      expect(sightingsOn(store.state, like(token, 11))).toEqual([])
  })

  it("is found by the notice that told of it last, and by no earlier one or one that begins alike", () => {
    const store = remembering(example)
    const [first, second] = ["5", "6"].map((digit) => OutboxId.make(digit.repeat(40)))
    for (const notice of [first!, second!])
      store.fold(2, () =>
        changeSighting(store.state, sightingOf(store.state, example)!, {
          ...example,
          told: { level: "malicious", notice, by: "text" }
        })
      )
    expect(sightingsToldBy(store.state, first!)).toEqual([])
    expect(sightingsToldBy(store.state, OutboxId.make(like(second!, 11)))).toEqual([])
    expect(sightingsToldBy(store.state, second!).map(({ value }) => value.message)).toEqual([example.message])
  })

  it("takes little room: no word of it is kept, and what it is about is kept once", () => {
    const db = new Database(":memory:")
    const store = openStateStore(db, "g", 1)
    store.fold(1, () => addSighting(store.state, example))
    const bytes = db.prepare<[], number>("select length(value) from record").pluck().get()
    expect(bytes).toBeLessThan(140)
  })
})

describe("the scan of a link", () => {
  const scan: Scan = { link: example.link, sequence: 5, level: "benign", ruleSet: "règles-1", validUntil: 9 }

  it("is that which came last, and holds for as long as any before it", () => {
    const store = open()
    store.fold(1, () => expect(putScan(store.state, scan)).toBe(true))
    expect(scanOf(store.state, scan.link)).toEqual(scan)
    store.fold(2, () =>
      expect(putScan(store.state, { ...scan, sequence: 4, level: "malicious" })).toBe(false)
    )
    store.fold(3, () => expect(putScan(store.state, { ...scan, sequence: 6, validUntil: 7 })).toBe(true))
    expect(scanOf(store.state, scan.link)).toEqual({ ...scan, sequence: 6, validUntil: 9 })
  })

  it("is the worse one while another is partial, and answers for as long as that one would", () => {
    const store = open()
    const worse = { ...scan, level: "malicious" as const }
    store.fold(1, () => void putScan(store.state, worse))
    store.fold(2, () =>
      expect(putScan(store.state, { ...scan, sequence: 6, validUntil: 12 }, true)).toBe(true)
    )
    expect(scanOf(store.state, scan.link)).toEqual({ ...worse, validUntil: 12 })
    store.fold(3, () => void putScan(store.state, { ...scan, sequence: 7, validUntil: 12 }))
    expect(scanOf(store.state, scan.link)).toMatchObject({ level: "benign", sequence: 7 })
    store.fold(4, () => void putScan(store.state, { ...worse, sequence: 8 }, true))
    expect(scanOf(store.state, scan.link)).toMatchObject({ level: "malicious", sequence: 8 })
  })

  it("is not taken for that of a link which begins alike", () => {
    const store = open()
    const other = { ...scan, link: LinkId.make(like(scan.link, 11)), level: "malicious" as const }
    store.fold(1, () => {
      putScan(store.state, scan)
      putScan(store.state, other)
    })
    expect(scanOf(store.state, scan.link)).toEqual(scan)
    expect(scanOf(store.state, other.link)).toEqual(other)
  })
})
