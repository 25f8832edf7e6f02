/** What is done at a place beside shipping, on a clock of its own, and with databases on a disk. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Schedule } from "effect"
import { TestClock } from "effect/testing"
import { partsOf, pointKey } from "../../../../actors/backup/points/keys.ts"
import { pointsAt, prune } from "../../../../actors/backup/points/prune.ts"
import { zoneOf } from "../../../../actors/backup/retention/calendar.ts"
import { BackupKeepingChanged, BackupShipped } from "../../../../contracts/backup.ts"
import { FreeSpace } from "../../../../infra/disk/room.ts"
import { locationIn } from "../../../../projections/location.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { given } from "../../../projections/given.ts"
import { everyExample } from "../../../projections/story.ts"
import { origin, someIdentity } from "../segment/some-messages.ts"
import { fails, keptPlace, type KeptPlaceOptions, nothingWrong } from "./kept-place.ts"

const hour = 3_600_000
const minute = 60_000
/** Half an hour after midnight, when no night has begun for long. */
const start = Date.parse("2026-03-01T00:30:00Z")
const here = { place: "disk", generation: origin.generation }
const shipped = BackupShipped({ ...here, upTo: 9, segment: 9, segments: 1, bytes: 900, at: start })

/** A place that is kept with nothing in the data folder, on a clock that the test moves. */
const onTestClock = Effect.fnUntraced(function* (
  options: Omit<KeptPlaceOptions, "dataFolder" | "recipient">
) {
  yield* TestClock.setTime(start)
  const dataFolder = yield* temporaryFolder
  const { recipient } = yield* Effect.promise(someIdentity)
  const kept = keptPlace({ dataFolder, recipient, ...options })
  yield* Effect.forkScoped(kept.keeping)
  const told = () => kept.said.slice(options.before?.length ?? 0).map(({ type }) => type)
  return { ...kept, told }
})

/** Fails each time, after it took so long. */
const failing = (tookMillis: number) => {
  const began: Array<number> = []
  const check = Effect.gen(function* () {
    began.push((yield* Clock.currentTimeMillis) - start)
    yield* Effect.sleep(tookMillis)
    return yield* fails("nobody answered")
  })
  return { began, check }
}

describe("a place to which was shipped, and that has no point", () => {
  it.effect("is checked and scrubbed in its first night, and not before", () =>
    Effect.gen(function* () {
      const { told } = yield* onTestClock({ before: [shipped] })
      yield* TestClock.adjust(2 * hour)
      expect(told()).toEqual([])
      yield* TestClock.adjust(hour)
      expect(told()).toEqual(["backup.verified", "backup.scrubbed"])
    })
  )

  it.effect("is unverified a day later where checking it never succeeds, which is said", () =>
    Effect.gen(function* () {
      const { said, told } = yield* onTestClock({ before: [shipped], verify: fails("nobody answered") })
      yield* TestClock.adjust(25 * hour)
      expect(told()).not.toContain("backup.unverified")
      yield* TestClock.adjust(2 * hour)
      expect(said.find(({ type }) => type === "backup.unverified")?.data).toMatchObject({ since: start })
    })
  )
})

describe("a step that does not succeed", () => {
  it.effect("is tried again ever later after its end, and asked of a place at most every six hours", () =>
    Effect.gen(function* () {
      const { began, check } = failing(30 * minute)
      yield* onTestClock({ before: [shipped], verify: check })
      yield* TestClock.adjust(72 * hour)
      const waits = began.slice(1).map((at, index) => at - began[index]! - 30 * minute)
      for (const [index, wait] of waits.entries()) {
        const wanted = Math.min(5 * minute * 2 ** index, 6 * hour)
        expect(wait).toBeGreaterThanOrEqual(wanted)
        expect(wait).toBeLessThan(wanted + 2 * minute)
      }
      expect(began.length).toBeGreaterThan(10)
    })
  )

  it.effect("is in sight at once, is said when it fails again, and once more when it works", () =>
    Effect.gen(function* () {
      let works = false
      const { said, status } = yield* onTestClock({
        before: [shipped],
        verify: Effect.suspend(() => (works ? Effect.succeed(nothingWrong) : fails("nobody answered")))
      })
      const changes = () =>
        said.flatMap((fact) => (fact.type === "backup.keeping-changed" ? [fact.data] : []))
      yield* TestClock.adjust(3 * hour - 27 * minute)
      expect(status.keeping).toBe("checking: nobody answered")
      expect(changes()).toEqual([])
      yield* TestClock.adjust(hour)
      const failed = { step: "verify", state: "failing", reason: "nobody answered" }
      expect(changes()).toMatchObject([failed])
      works = true
      yield* TestClock.adjust(2 * hour)
      expect(status.keeping).toBeNull()
      expect(changes()).toMatchObject([failed, { step: "verify", state: "working" }])
    })
  )

  it.effect("that an earlier process said to fail is said to work by the next one", () =>
    Effect.gen(function* () {
      const before = [
        shipped,
        BackupKeepingChanged({ ...here, at: start, step: "scrub", state: "failing", reason: "gone" })
      ]
      const { told } = yield* onTestClock({ before })
      yield* TestClock.adjust(3 * hour)
      expect(told()).toEqual(["backup.verified", "backup.keeping-changed", "backup.scrubbed"])
    })
  )

  it.effect("hides no other one, nor is it hidden by one that succeeds", () =>
    Effect.gen(function* () {
      const { ask, place, status } = yield* onTestClock({
        before: [shipped],
        verify: fails("nobody answered")
      })
      place.objects.set(pointKey(origin, start), Buffer.from("no point"))
      yield* TestClock.adjust(3 * hour)
      yield* ask("point")
      yield* TestClock.adjust(minute)
      expect(status.keeping).toMatch(
        /^checking: nobody answered; deleting older points: nothing is deleted: a point that is kept is damaged: .*`wadjet backup prune --damaged` deletes it$/
      )
    })
  )
})

/** A place that is kept, read models in the data folder included, as long as the test runs. */
const withReadModels = Effect.gen(function* () {
  const dataFolder = yield* temporaryFolder
  const { database } = locationIn(dataFolder)
  mkdirSync(dirname(database), { recursive: true })
  writeFileSync(database, given(...everyExample).db.serialize())
  const { recipient } = yield* Effect.promise(someIdentity)
  const kept = keptPlace({ dataFolder, recipient })
  const points = () => kept.said.filter(({ type }) => type === "backup.point-made").length
  const until = (wanted: () => boolean) =>
    Effect.suspend(() => (wanted() ? Effect.void : Effect.fail("not yet"))).pipe(
      Effect.retry(Schedule.spaced("5 millis")),
      Effect.timeout("30 seconds")
    )
  /** Asks for a point, and waits until it is made. */
  const point = Effect.gen(function* () {
    const before = points()
    yield* kept.ask("point")
    yield* until(() => points() > before)
  })
  const parts = () => [...kept.place.objects.keys()].filter((key) => key.startsWith(partsOf(origin)))
  /** The read models are others from now on. */
  const change = Effect.sync(() =>
    writeFileSync(database, given(...everyExample, ...everyExample).db.serialize())
  )
  return { ...kept, change, dataFolder, parts, point, points, until }
})

describe("a point", () => {
  it.live("has every part stored that was deleted, cut off or never there, whatever was seen before", () =>
    Effect.gen(function* () {
      const { keeping, parts, place, point } = yield* withReadModels
      yield* Effect.forkScoped(keeping)
      yield* point
      const [part] = parts()
      const whole = place.objects.get(part!)!
      place.objects.delete(part!)
      yield* point
      expect(place.objects.has(part!)).toBe(true)
      place.objects.set(part!, whole.subarray(0, -1))
      yield* point
      expect(place.objects.get(part!)!.length).toBe(whole.length)
      // Another disk in the place of the first.
      place.objects.clear()
      yield* point
      expect(parts()).toEqual([part])
    })
  )

  it.live("of which a scrub finds a flipped bit is followed by one that has it whole", () =>
    Effect.gen(function* () {
      const { ask, keeping, parts, place, point, points, said, until } = yield* withReadModels
      const scrubs = () => said.flatMap((fact) => (fact.type === "backup.scrubbed" ? [fact.data] : []))
      yield* Effect.forkScoped(keeping)
      yield* point
      // A place that has a point is scrubbed without being asked.
      yield* until(() => scrubs().length === 1)
      const [part] = parts()
      const flipped = Buffer.from(place.objects.get(part!)!)
      flipped[flipped.length - 5]! ^= 1
      place.objects.set(part!, flipped)
      yield* ask("scrub")
      yield* until(() => points() === 2)
      expect(scrubs()[1]).toMatchObject({
        problems: [expect.stringMatching(/^the point of .*expected a body with the digest/)]
      })
      expect(place.objects.get(part!)!.equals(flipped)).toBe(false)
      yield* ask("scrub")
      yield* until(() => scrubs().length === 3)
      expect(scrubs()[2]).toMatchObject({ problems: [] })
      expect(points()).toBe(2)
    })
  )

  it.live(
    "that is older is read where somebody asks for it, and can be deleted where it gives nothing back",
    () =>
      Effect.gen(function* () {
        const { ask, change, keeping, parts, place, point, points, said, until } = yield* withReadModels
        const scrubs = () => said.flatMap((fact) => (fact.type === "backup.scrubbed" ? [fact.data] : []))
        yield* Effect.forkScoped(keeping)
        yield* point
        const [older] = parts()
        yield* change
        yield* point
        // Scrubbing by itself passes over it.
        const broken = place.objects.get(older!)!.subarray(0, -1)
        yield* until(() => scrubs().length === 1)
        place.objects.set(older!, broken)
        yield* ask("scrub")
        yield* until(() => scrubs().length === 2)
        expect(scrubs()[1]!.problems).toEqual([expect.stringMatching(/^the point of .*expected a body of/)])
        expect(points()).toBe(2)
        const [first, second] = yield* pointsAt(place, origin)
        const options = {
          policy: { counts: { hourly: -1 }, within: {} },
          zone: zoneOf("UTC")!,
          lastGood: undefined
        }
        const pruned = yield* prune(place, origin, {
          ...options,
          clockHeld: true,
          dryRun: false,
          damaged: true
        })
        expect(pruned).toMatchObject({ drop: [first], withheld: null })
        expect(yield* pointsAt(place, origin)).toEqual([second])
      })
  )

  it.live("is not made where the copy would leave too little of the disk, and is once there is room", () =>
    Effect.gen(function* () {
      const { ask, dataFolder, keeping, parts, point, status, until } = yield* withReadModels
      let free = 256 * 1024 * 1024
      const fiber = yield* Effect.forkScoped(
        Effect.provideService(keeping, FreeSpace, () => Effect.sync(() => free))
      )
      yield* ask("point")
      yield* until(() => status.keeping !== null)
      expect(status.keeping).toMatch(
        /^making a point: expected room to copy blue\.db in .*, found no room: it takes \d+ MiB, 256 MiB have to stay free, and 256 MiB are; free some space$/
      )
      expect(existsSync(join(dataFolder, "backup", "disk", "copy.db"))).toBe(false)
      expect(parts()).toEqual([])
      free *= 2
      yield* point
      expect(status.keeping).toBeNull()
      yield* Fiber.interrupt(fiber)
    })
  )
})
