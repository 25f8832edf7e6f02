import { createHash } from "node:crypto"
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted, type Scope } from "effect"
import { TestClock } from "effect/testing"
import { openHashLists } from "../../../../actors/scan/safe-browsing/lists/hash-lists.ts"
import { threatLists } from "../../../../actors/scan/safe-browsing/lists/list-names.ts"
import { openLocalLists } from "../../../../actors/scan/safe-browsing/mode.ts"
import { openWebsite, outsideAddress } from "../../../infra/guarded-client/outside.ts"
import { makeSafeBrowsing } from "./loopback-safe-browsing.ts"

const hashOf = (text: string): Buffer => createHash("sha256").update(text).digest()
const hashes = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => hashOf(`${from + at}`))
const minute = 60_000
const hour = 60 * minute
const key = Redacted.make("secret-key")

/** A service with a first version of each list, and a folder that lists are kept in. */
const open = Effect.gen(function* () {
  const service = makeSafeBrowsing()
  service.publish("se-4b", hashes(0, 3_000))
  service.publish("gc-32b", hashes(10_000, 10_500))
  service.publishEmpty()
  const web = yield* openWebsite(service.handle)
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-hash-lists-"))),
    (made) => Effect.sync(() => rmSync(made, { recursive: true }))
  )
  const place = { client: web.client, key, base: `http://${outsideAddress}:${web.port}`, folder }
  const start = (isRealTime = false) => openHashLists(place, isRealTime)
  const now = Effect.clockWith((clock) => clock.currentTimeMillis)
  const namesAsked = () => service.asked.map(({ query }) => query.getAll("names"))
  const versionsAsked = () =>
    service.asked.map(({ query }) =>
      query.getAll("version").map((it) => Buffer.from(it, "base64").toString())
    )
  return { folder, namesAsked, now, place, service, start, versionsAsked }
})

const waitsMax = 3_000

/** Waits for what comes over a real connection, while the time of the test stands still. */
const comes = (what: string, holds: () => boolean) =>
  Effect.promise(async () => {
    for (let waited = 0; waited < waitsMax; waited++) {
      if (holds()) return
      await sleep(10)
    }
    throw new Error(`waited in vain until ${what}`)
  })

const start = 1_800_000_000_000
const inTime = <A, E>(name: string, effect: Effect.Effect<A, E, Scope.Scope>) =>
  it.effect(name, () => Effect.scoped(Effect.andThen(TestClock.setTime(start), effect)))

describe("Safe Browsing's lists", () => {
  inTime(
    "are fetched all in one request, and say which hashes are worth a question",
    Effect.gen(function* () {
      const { namesAsked, now, start } = yield* open
      const lists = start()
      expect(lists.missing(yield* now)).toBe("its list se-4b was not fetched yet")
      yield* lists.refresh
      expect(namesAsked()).toEqual([[...threatLists]])
      expect(lists.missing(yield* now)).toBeUndefined()
      expect(hashes(0, 3_000).every(lists.isSuspect)).toBe(true)
      expect(hashes(3_000, 6_000).some(lists.isSuspect)).toBe(false)
      expect(lists.isLikelySafe(hashes(10_000, 10_001)[0]!, yield* now)).toBe(false)
    })
  )

  inTime(
    "have what is likely to be harmless in real-time mode",
    Effect.gen(function* () {
      const { now, start } = yield* open
      const lists = start(true)
      yield* lists.refresh
      const time = yield* now
      expect(hashes(10_000, 10_500).every((hash) => lists.isLikelySafe(hash, time))).toBe(true)
      expect(hashes(10_500, 11_000).some((hash) => lists.isLikelySafe(hash, time))).toBe(false)
      expect(hashes(10_000, 10_001).some((hash) => lists.isLikelySafe(hash, time + 26 * hour))).toBe(false)
    })
  )

  inTime(
    "are brought up to date by what was added and removed, and not before the service wants to be asked",
    Effect.gen(function* () {
      const { namesAsked, service, start, versionsAsked } = yield* open
      const lists = start()
      yield* lists.refresh
      service.publish("se-4b", hashes(500, 3_400))
      yield* TestClock.adjust("29 minutes")
      yield* lists.refresh
      expect(namesAsked()).toHaveLength(1)
      yield* TestClock.adjust("1 minute")
      yield* lists.refresh
      expect(namesAsked()).toHaveLength(2)
      expect(versionsAsked()[1]).toContain("se-4b, version 1")
      expect(hashes(0, 500).some(lists.isSuspect)).toBe(false)
      expect(hashes(500, 3_400).every(lists.isSuspect)).toBe(true)
    })
  )

  inTime(
    "are asked for at once where the service says that there is more",
    Effect.gen(function* () {
      const { namesAsked, service, start } = yield* open
      service.settings.waitSeconds = 0
      const lists = start()
      yield* lists.refresh
      // A service that never says how long to wait is believed some times, and then left alone for a minute.
      expect(namesAsked()).toHaveLength(16)
      yield* TestClock.adjust("59 seconds")
      yield* lists.refresh
      expect(namesAsked()).toHaveLength(16)
    })
  )

  inTime(
    "are fetched when they are due, for as long as the scanner runs",
    Effect.gen(function* () {
      const { now, place, service } = yield* open
      const { lists } = (yield* openLocalLists(place, "local-list"))!
      const time = yield* now
      yield* comes("the lists are here", () => lists.missing(time) === undefined)
      service.publish("se-4b", hashes(0, 3_001))
      yield* TestClock.adjust("30 minutes")
      yield* comes("they are fetched again", () => lists.isSuspect(hashes(3_000, 3_001)[0]!))
      expect(yield* openLocalLists(place, "no-storage")).toBeUndefined()
    })
  )

  inTime(
    "are on disk after a restart, and the wait that was asked for still holds",
    Effect.gen(function* () {
      const { namesAsked, now, start } = yield* open
      yield* start().refresh
      yield* TestClock.adjust("10 minutes")
      const lists = start()
      yield* lists.refresh
      expect(namesAsked()).toHaveLength(1)
      expect(lists.dueAt() - (yield* now)).toBe(20 * minute)
      expect(hashes(0, 3_000).every(lists.isSuspect)).toBe(true)
      expect(lists.missing(yield* now)).toBeUndefined()
    })
  )

  inTime(
    "are fetched whole, at once, where their changes lead to another checksum",
    Effect.gen(function* () {
      const { namesAsked, now, service, start, versionsAsked } = yield* open
      const lists = start()
      yield* lists.refresh
      service.publish("se-4b", hashes(100, 3_100))
      service.settings.spoilChecksums = 1
      yield* TestClock.adjust("30 minutes")
      yield* lists.refresh
      expect(namesAsked().slice(1)).toEqual([[...threatLists], ["se-4b"]])
      expect(versionsAsked()[2]).toEqual([])
      expect(hashes(100, 3_100).every(lists.isSuspect)).toBe(true)
      expect(hashes(0, 100).some(lists.isSuspect)).toBe(false)
      expect(lists.missing(yield* now)).toBeUndefined()
    })
  )

  inTime(
    "stay as they were where all of one has another checksum, too, and are left alone for a while",
    Effect.gen(function* () {
      const { namesAsked, now, service, start } = yield* open
      const lists = start()
      yield* lists.refresh
      service.publish("se-4b", hashes(100, 3_100))
      service.settings.spoilChecksums = 2
      yield* TestClock.adjust("30 minutes")
      yield* lists.refresh
      expect(hashes(0, 3_000).every(lists.isSuspect)).toBe(true)
      expect(namesAsked()).toHaveLength(3)
      yield* TestClock.adjust("14 minutes")
      yield* lists.refresh
      expect(namesAsked()).toHaveLength(3)
      yield* TestClock.adjust("16 minutes")
      yield* lists.refresh
      expect(hashes(100, 3_100).every(lists.isSuspect)).toBe(true)
      expect(lists.missing(yield* now)).toBeUndefined()
    })
  )

  inTime(
    "are the service's again where it no longer knows the version",
    Effect.gen(function* () {
      const { service, start } = yield* open
      const lists = start()
      yield* lists.refresh
      service.publish("se-4b", hashes(7_000, 8_000), true)
      yield* TestClock.adjust("30 minutes")
      yield* lists.refresh
      expect(hashes(7_000, 8_000).every(lists.isSuspect)).toBe(true)
      expect(hashes(0, 3_000).some(lists.isSuspect)).toBe(false)
    })
  )

  inTime(
    "are fetched anew where one is damaged on disk, whatever was to be waited for",
    Effect.gen(function* () {
      const { folder, namesAsked, start, versionsAsked } = yield* open
      const damage: ReadonlyArray<(path: string) => void> = [
        (path) => truncateSync(path, 5_000),
        (path) => truncateSync(path, 0),
        (path) => {
          const content = readFileSync(path)
          content[content.length - 1]! ^= 1
          writeFileSync(path, content)
        },
        (path) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(4)])),
        (path) => writeFileSync(path, "nothing of it\n"),
        (path) => rmSync(path)
      ]
      yield* start().refresh
      for (const [turn, spoil] of damage.entries()) {
        spoil(join(folder, "se-4b.list"))
        const lists = start()
        yield* lists.refresh
        expect(namesAsked().slice(turn + 1)).toEqual([["se-4b"]])
        expect(versionsAsked().at(-1)).toEqual([])
        expect(hashes(0, 3_000).every(lists.isSuspect)).toBe(true)
      }
      writeFileSync(join(folder, "times.json"), "{")
      yield* start().refresh
      expect(namesAsked().at(-1)).toEqual([...threatLists])
      expect(readdirSync(folder).filter((name) => name.endsWith(".new"))).toEqual([])
    })
  )

  inTime(
    "are missing a day after they should have been fetched again",
    Effect.gen(function* () {
      const { now, service, start } = yield* open
      const lists = start()
      yield* lists.refresh
      service.settings.trouble = { status: 503 }
      yield* TestClock.adjust("30 minutes")
      yield* lists.refresh
      expect(lists.missing(yield* now)).toBeUndefined()
      yield* TestClock.adjust("24 hours")
      expect(lists.missing(yield* now)).toBe(
        "its list se-4b was last fetched 24 hours ago (expected status 200, found 503)"
      )
      service.settings.trouble = undefined
      yield* lists.refresh
      expect(lists.missing(yield* now)).toBeUndefined()
    })
  )

  it.effect.each([
    ["a refused key", { status: 403 }, "it does not accept the key (status 403)"],
    ["an error", { status: 500 }, "expected status 200, found 500"],
    ["what is no message", { bytes: Buffer.from("<html>") }, "its answer cannot be read"],
    ["nothing", { bytes: Buffer.alloc(0) }, "its answer cannot be read: se-4b is not in it"]
  ] as const)("are missing after %s, and asked for ever less often", ([, trouble, why]) =>
    Effect.scoped(
      Effect.gen(function* () {
        yield* TestClock.setTime(start)
        const { namesAsked, now, service, start: startLists } = yield* open
        service.settings.trouble = trouble
        const lists = startLists()
        const waits: Array<number> = []
        for (let turn = 0; turn < 3; turn++) {
          yield* lists.refresh
          waits.push((lists.dueAt() - (yield* now)) / minute)
          yield* TestClock.setTime(lists.dueAt())
        }
        expect(lists.missing(yield* now)).toContain(why)
        expect(namesAsked()).toHaveLength(3)
        for (const [turn, wait] of waits.entries()) {
          expect(wait).toBeGreaterThanOrEqual(15 * 2 ** turn)
          expect(wait).toBeLessThanOrEqual(30 * 2 ** turn)
        }
        // Who starts again does not ask again.
        const again = startLists()
        service.settings.trouble = undefined
        yield* TestClock.setTime((yield* now) - minute)
        yield* again.refresh
        expect(namesAsked()).toHaveLength(3)
      })
    )
  )
})
