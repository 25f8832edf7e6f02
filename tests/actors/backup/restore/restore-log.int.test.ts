import { describe, expect, it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { directoryPlace } from "../../../../actors/backup/places/directory-place.ts"
import type { Place } from "../../../../actors/backup/places/place.ts"
import { s3Place } from "../../../../actors/backup/places/s3-place.ts"
import { restoreLog, type Point } from "../../../../actors/backup/restore/restore-log.ts"
import { encodeSegment, type Tail } from "../../../../actors/backup/segment/segment.ts"
import type { LogRecord } from "../../../../actors/backup/segment/messages.ts"
import { segmentKey } from "../../../../actors/backup/ship/keys.ts"
import { ErasureCompleted, ErasureRequested } from "../../../../contracts/account.ts"
import { ActorParked, ActorUnparked } from "../../../../contracts/actor.ts"
import {
  ChatId,
  eventId,
  HostId,
  LinkId,
  MessageKey,
  OutboxId,
  OverrideId,
  PersonId
} from "../../../../contracts/ids.ts"
import { MessageReceived } from "../../../../contracts/message.ts"
import { OverridesRekeyed } from "../../../../contracts/policy.ts"
import { OutboxClaimed, OutboxQueued } from "../../../../contracts/outbox.ts"
import { ScanCompleted } from "../../../../contracts/scan.ts"
import { whatsAppIdOf } from "../../../../contracts/ids.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { startLoopbackS3 } from "../../../loopback-s3/server.ts"
import { origin, someIdentity } from "../segment/some-messages.ts"
import { recordsOf, type SomeFact } from "./some-events.ts"

const at = Date.parse("2026-01-01T00:00:00Z")
const second = 1_000
const chat = ChatId.make("cchat0001")
const outbox = OutboxId.make("da39a3ee5e6b4b0d3255bfef95601890afd80709")
const linkOf = (number: number) => LinkId.make(number.toString(16).padEnd(40, "0"))

const received = (number: number): SomeFact => ({
  id: `message-${number}`,
  at: at + number * second,
  fact: MessageReceived({
    chat,
    message: MessageKey.make(number.toString(16).padStart(40, "0")),
    sender: PersonId.make("pperson001"),
    gateway: "sandbox",
    arrival: "live",
    sentAt: at,
    links: [{ link: linkOf(number), host: HostId.make(linkOf(number)), domains: [] }],
    said: { text: "look", whatsAppId: "3A00", links: [] },
    who: { name: "Ada" }
  })
})
const scanned = (number: number, awaits: ReadonlyArray<string> = []): SomeFact => ({
  id: `scan-${number}`,
  cause: `message-${number}`,
  at: at + number * second,
  fact: ScanCompleted({
    link: linkOf(number),
    chat,
    level: "benign",
    score: 0,
    ruleSet: "wadjet-1",
    evidence: [],
    missing: [],
    awaits,
    validUntil: at + 3_600 * second,
    found: { url: "https://example.com/", details: [] }
  })
})
const looked = (number: number): SomeFact => ({
  ...scanned(number),
  id: eventId(`scan-${number}`, "scan", `outside:${linkOf(number)}`),
  cause: `scan-${number}`
})
const inBatch = (fact: SomeFact, number: number, isLast: boolean): SomeFact => ({
  ...fact,
  more: ["Nats-Batch-Id: one", `Nats-Batch-Sequence: ${number}`, ...(isLast ? ["Nats-Batch-Commit: 1"] : [])]
})

const disk = Effect.map(temporaryFolder, (folder) => directoryPlace("disk", folder))

/** A place that holds facts, two to a segment. */
const placeWith = Effect.fnUntraced(function* (
  facts: ReadonlyArray<SomeFact>,
  open: Effect.Effect<Place, never, Scope.Scope> = disk
) {
  const { identity, recipient } = yield* Effect.promise(someIdentity)
  const place = yield* open
  const records = yield* recordsOf(facts)
  const keys: Array<string> = []
  let previous: Tail | null = null
  for (let from = 0; from < records.length; from += 2) {
    const messages = records.slice(from, from + 2)
    const { bytes, tail } = yield* Effect.promise(() =>
      encodeSegment({ origin, previous, messages }, [recipient])
    )
    keys.push(segmentKey(origin, from + 1))
    yield* place.putIfAbsent(keys.at(-1)!, bytes)
    previous = tail
  }
  const restore = Effect.fnUntraced(function* (point?: Point) {
    const taken: Array<LogRecord> = []
    const into = { add: (more: ReadonlyArray<LogRecord>) => Effect.sync(() => void taken.push(...more)) }
    const found = yield* restoreLog({ place, origin, identity, point, into, onProgress: () => Effect.void })
    return { ...found, taken }
  })
  return { place, keys, records, restore }
})

describe("a log that is restored", () => {
  it.live("is all that the place holds, or what happened up to a point, and the rest is counted", () =>
    Effect.gen(function* () {
      const { records, restore } = yield* placeWith([1, 2, 3, 4, 5].map(received))
      const all = yield* restore()
      expect(all).toMatchObject({ upTo: 5, upToTime: at + 5 * second, broken: null, after: { events: 0 } })
      expect(all.taken.map(({ subject }) => subject)).toEqual(records.map(({ subject }) => subject))
      for (const point of [{ sequence: 3 }, { time: at + 4 * second }]) {
        const some = yield* restore(point)
        expect(some.taken).toEqual(all.taken.slice(0, 3))
        expect(some).toMatchObject({ upTo: 3, after: { events: 2, kinds: { "message.received": 2 } } })
      }
    })
  )

  it.live("ends with the last commit that is whole", () =>
    Effect.gen(function* () {
      const { restore } = yield* placeWith([
        received(1),
        inBatch(received(2), 1, false),
        inBatch(received(3), 2, true),
        inBatch(received(4), 1, false)
      ])
      expect((yield* restore({ sequence: 2 })).upTo).toBe(1)
      expect((yield* restore({ sequence: 3 })).upTo).toBe(3)
      expect((yield* restore()).upTo).toBe(3)
    })
  )

  it.live("ends before a segment that is damaged or missing, which is named", () =>
    Effect.gen(function* () {
      const { keys, place, restore } = yield* placeWith([1, 2, 3, 4, 5, 6].map(received))
      const whole = (yield* place.get(keys[1]!))!
      const flipped = Buffer.from(whole)
      flipped[whole.length - 7]! ^= 4
      yield* place.replace(keys[1]!, flipped)
      expect(yield* restore()).toMatchObject({ upTo: 2, broken: { key: keys[1], part: "body", from: 3 } })
      yield* place.remove(keys[1]!)
      expect(yield* restore()).toMatchObject({ upTo: 2, broken: { key: keys[1], part: "place", from: 3 } })
      yield* place.replace(keys[1]!, whole)
      expect(yield* restore()).toMatchObject({ upTo: 6, broken: null })
    })
  )

  it.live("is whole though the storage is busy now and then", () =>
    Effect.gen(function* () {
      const server = yield* startLoopbackS3()
      const { records, restore } = yield* placeWith(
        Array.from({ length: 20 }, (_, index) => received(index + 1)),
        s3Place("s3", server.address)
      )
      let asked = 0
      server.trouble = () => (["busy", "break"] as const)[asked++ % 4]
      const { broken, taken } = yield* restore()
      expect(broken).toBeNull()
      expect(taken).toEqual(records)
    })
  )

  it.live("keeps what the scanner had not done, and nothing that it had", () =>
    Effect.gen(function* () {
      const { restore } = yield* placeWith([
        received(1),
        scanned(1),
        received(2),
        scanned(2, ["redirects"]),
        looked(2),
        received(3),
        scanned(3, ["redirects"]),
        received(4)
      ])
      expect((yield* restore()).unscanned).toEqual([7, 8])
      expect((yield* restore({ sequence: 1 })).unscanned).toEqual([1])
    })
  )

  it.live("keeps what was parked and is to be handled again, and nothing else that was parked", () =>
    Effect.gen(function* () {
      const about = (sequence: number) => ({ actor: "scan", sequence })
      const parked = (sequence: number): SomeFact => ({
        id: `parked-${sequence}`,
        at: at + 60 * second,
        fact: ActorParked({
          ...about(sequence),
          event: "message.received",
          boundary: "c0example0",
          reason: "expected a URL, found an empty string",
          attempts: 5
        })
      })
      const decided = (sequence: number, decision: "retry" | "drop"): SomeFact => ({
        id: `decided-${sequence}-${decision}`,
        at: at + 60 * second,
        fact: ActorUnparked({ ...about(sequence), decision, by: "operator" })
      })
      const { restore } = yield* placeWith([
        ...[1, 2, 3, 4, 5].map(received),
        scanned(6, ["redirects"]),
        ...[1, 2, 3, 4, 6].map(parked),
        decided(1, "retry"),
        decided(2, "drop"),
        decided(3, "retry"),
        decided(6, "retry"),
        scanned(3),
        decided(4, "retry"),
        parked(4)
      ])
      // The third was scanned after that; the fourth was parked anew.
      expect((yield* restore()).unscanned).toEqual([1, 5, 6])
      expect((yield* restore({ sequence: 11 })).unscanned).toEqual([5])
    })
  )

  it.live("knows what was open, and keeps who was forgotten after its point", () =>
    Effect.gen(function* () {
      const { restore } = yield* placeWith([
        {
          id: "queued",
          at,
          fact: OutboxQueued({
            chat,
            outbox,
            gateway: "sandbox",
            kind: "text",
            priority: "bulk",
            standalone: true,
            body: { text: "hello" }
          })
        },
        {
          id: "claimed",
          at: at + second,
          fact: OutboxClaimed({ chat, outbox, whatsApp: whatsAppIdOf(outbox), wire: "text", attempt: 1 })
        },
        {
          id: "forgotten",
          at: at + 2 * second,
          fact: ErasureCompleted({ subject: chat, keysDestroyed: 1, mappingsDestroyed: 1 })
        }
      ])
      expect((yield* restore({ sequence: 1 })).open).toMatchObject({ waiting: 1, claimed: 0 })
      const { erasures, open } = yield* restore({ sequence: 2 })
      expect(open).toMatchObject({ waiting: 0, claimed: 1 })
      expect(erasures.map(({ subject }) => subject.split(".").at(-1))).toEqual(["completed"])
    })
  )

  it.live(
    "keeps what was asked to be forgotten after its point, and by which tokens overrides match then",
    () =>
      Effect.gen(function* () {
        const subject = PersonId.make("pperson001")
        const override = OverrideId.make("01941f29-7c00-7000-8000-000000000001")
        const { restore } = yield* placeWith([
          received(1),
          { id: "asked", at: at + 2 * second, fact: ErasureRequested({ subject, by: "operator" }) },
          {
            id: "rekeyed",
            at: at + 2 * second,
            fact: OverridesRekeyed({ overrides: [{ override, token: HostId.make(linkOf(1)) }] })
          },
          received(2)
        ])
        const { erasures, forgotten } = yield* restore({ sequence: 1 })
        expect(erasures.map(({ subject }) => subject.split(".").at(-1))).toEqual([
          "requested",
          "overrides-rekeyed"
        ])
        expect(forgotten).toBe(0)
      })
  )
})
