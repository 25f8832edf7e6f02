/** What about webhooks needs no network: when they are tried again, and where they go on after a restore. */
import { describe, expect, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Deferred, Effect, Stream } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { deliver, type Delivering } from "../../../actors/admin/webhooks/deliver.ts"
import { type Restored, placeAfter } from "../../../actors/admin/webhooks/place.ts"
import { deliveriesKept, progressOn } from "../../../actors/admin/webhooks/progress.ts"
import { givenUp, retryLimits, waitMillis } from "../../../actors/admin/webhooks/retry.ts"
import { secretText, signedHeaders } from "../../../actors/admin/webhooks/signature.ts"
import { WebhookId } from "../../../contracts/ids.ts"
import { EventLog, type EventLogService } from "../../../infra/event-log/event-log.ts"
import { Keyring, type KeyringService } from "../../../infra/keyring/keyring.ts"

const webhook = WebhookId.make("01941f29-7c00-7000-8000-000000000006")

describe("the wait after a failure", () => {
  const random = fc.double({ min: 0, max: 1, noNaN: true })

  it("grows to its longest, never beyond it, and is at least half of what it is without chance", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        random,
        fc.nat(10_000_000),
        (failures, chance, asked) => {
          const wait = waitMillis(failures, chance, asked, retryLimits)
          expect(wait).toBeLessThanOrEqual(retryLimits.longestMillis)
          expect(wait).toBeGreaterThanOrEqual(retryLimits.firstMillis / 2)
          expect(wait).toBeGreaterThanOrEqual(Math.min(asked, retryLimits.longestMillis))
        }
      )
    )
    expect([1, 2, 3, 9].map((failures) => waitMillis(failures, 1, 0, retryLimits))).toEqual([
      2_000, 4_000, 8_000, 300_000
    ])
  })

  it("ends after four days without a success, and at once where the server says that it is gone", () => {
    const day = 86_400_000
    expect(givenUp(503, 0, 4 * day - 1, retryLimits)).toBeUndefined()
    expect(givenUp(null, 0, 4 * day, retryLimits)).toBe("failing")
    expect(givenUp(410, 0, 0, retryLimits)).toBe("gone")
  })
})

describe("after a restore a webhook", () => {
  const restores: ReadonlyArray<Restored> = [
    { from: "one", upTo: 100 },
    { from: "two", upTo: 40 },
    { from: "three", upTo: 60 }
  ]
  const after = (generation: string, sequence: number) =>
    placeAfter({ generation, sequence }, restores, "four").sequence

  it("goes on at the restored point, or where it was, through as many restores as there were", () => {
    expect([after("three", 90), after("three", 50)]).toEqual([60, 50])
    expect([after("two", 90), after("one", 30), after("one", 300)]).toEqual([40, 30, 40])
  })

  it("stays where it is in the log that it knows, and was told nothing of one that it does not", () => {
    expect([after("four", 90), after("another", 90)]).toEqual([90, 0])
  })

  it("is told every event of the new log that it was not told before", () => {
    fc.assert(
      fc.property(fc.nat(500), fc.array(fc.nat(500), { minLength: 1 }), (told, points) => {
        const chain = points.map((upTo, index) => ({ from: String(index), upTo }))
        const { sequence } = placeAfter({ generation: "0", sequence: told }, chain, "now")
        // An event of the new log is one that it was told only below every restored point since.
        for (const same of [told, ...points]) expect(sequence).toBeLessThanOrEqual(same)
        expect([told, ...points]).toContain(sequence)
      })
    )
  })
})

it.effect(
  "a webhook that failed is tried again after its longest wait at the latest, however the clock was set",
  () =>
    Effect.gen(function* () {
      const progress = progressOn(new Database(":memory:"), 0)
      progress.begin(webhook, { generation: "one", sequence: 3 })
      const made = { at: 1, delivered: false, status: 500, fault: null, millis: 2, leftAloneMillis: 0 }
      // An hour from now, and not what it was to wait: the clock was set back.
      progress.failed({ webhook, sequence: 4, id: "e4", type: "verdict.decided" }, made, 3_600_000, 1)
      const read = yield* Deferred.make<void>()
      const log = {
        read: () => Stream.fromEffect(Effect.andThen(Deferred.succeed(read, undefined), Effect.never))
      }
      const delivering = { progress, limits: retryLimits } as Delivering
      const subscription = { webhook, contexts: [], events: [] } as unknown as Parameters<typeof deliver>[1]
      yield* Effect.forkScoped(
        deliver(delivering, subscription, progress.find(webhook)!).pipe(
          Effect.provideService(EventLog, log as unknown as EventLogService),
          Effect.provideService(Keyring, {} as KeyringService)
        )
      )
      yield* TestClock.adjust(retryLimits.longestMillis)
      yield* Deferred.await(read)
    }).pipe(Effect.scoped)
)

describe("the progress of a webhook", () => {
  const opened = () => progressOn(new Database(":memory:"), 0)
  const made = { at: 1, delivered: true, status: 204, fault: null, millis: 2, leftAloneMillis: 0 }
  const about = (sequence: number) => ({ webhook, sequence, id: `e${sequence}`, type: "verdict.decided" })

  it("does not move for who was told to begin elsewhere meanwhile", () => {
    const progress = opened()
    progress.begin(webhook, { generation: "one", sequence: 7 })
    const { revision } = progress.find(webhook)!
    expect(progress.told(about(8), made, 8, revision)).toBe(true)
    progress.begin(webhook, { generation: "one", sequence: 2 })
    expect(progress.told(about(9), made, 9, revision)).toBe(false)
    expect(progress.find(webhook)).toMatchObject({ sequence: 2, revision: revision + 1 })
  })

  it("is not moved by who told it before another process took over, whatever comes of that", () => {
    const progress = opened()
    progress.begin(webhook, { generation: "one", sequence: 7 })
    const paused = progress.find(webhook)!.revision
    progress.takeOver(webhook)
    const { revision } = progress.find(webhook)!
    for (const sequence of [8, 9]) expect(progress.told(about(sequence), made, sequence, revision)).toBe(true)
    expect(progress.told(about(8), made, 8, paused)).toBe(false)
    expect(progress.failed(about(8), { ...made, delivered: false }, 60_000, paused)).toBe(false)
    expect(progress.find(webhook)).toMatchObject({ sequence: 9, failures: 0, nextAt: null, waiting: null })
  })

  it("goes on behind the event that waits once that is told by hand, and stays for any other", () => {
    const progress = opened()
    const failed = { ...made, delivered: false, status: 500 }
    progress.begin(webhook, { generation: "one", sequence: 3 })
    progress.failed(about(9), failed, 60_000, 1)
    progress.toldByHand(about(2), made)
    progress.toldByHand(about(9), failed)
    expect(progress.find(webhook)).toMatchObject({ sequence: 3, failures: 1, waiting: 9, revision: 1 })
    progress.toldByHand(about(9), made)
    expect(progress.find(webhook)).toMatchObject({ sequence: 9, failures: 0, nextAt: null, waiting: null })
    // Whoever waits to try it again is to begin anew.
    expect(progress.find(webhook)!.revision).toBe(2)
    progress.toldByHand({ ...about(1), sequence: null }, made)
    expect(progress.find(webhook)).toMatchObject({ sequence: 9, revision: 2 })
  })

  it("knows since when it fails, until it succeeds or is forgiven", () => {
    const progress = opened()
    const failed = { ...made, delivered: false, status: 500 }
    progress.begin(webhook, { generation: "one", sequence: 0 })
    progress.failed(about(1), { ...failed, at: 10 }, 20, 1)
    progress.failed(about(1), { ...failed, at: 30 }, 50, 1)
    expect(progress.find(webhook)).toMatchObject({ failures: 2, failingSince: 10, nextAt: 50 })
    progress.told(about(1), made, 1, 1)
    expect(progress.find(webhook)).toMatchObject({ failures: 0, failingSince: null, nextAt: null })
    progress.failed(about(2), { ...failed, at: 60 }, 70, 1)
    progress.forgive(webhook)
    expect(progress.find(webhook)).toMatchObject({ sequence: 1, failures: 0, nextAt: null, revision: 2 })
  })

  it("keeps the newest attempts of each, and forgets what is removed", () => {
    const progress = opened()
    const other = WebhookId.make("01941f29-7c00-7000-8000-000000000007")
    progress.note({ ...about(0), webhook: other }, made)
    for (let sequence = 1; sequence <= deliveriesKept + 5; sequence++) progress.note(about(sequence), made)
    const kept = progress.deliveries(webhook).map(({ sequence }) => sequence)
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([deliveriesKept, deliveriesKept + 5, 6])
    progress.forget(webhook)
    expect([progress.deliveries(webhook).length, progress.deliveries(other).length]).toEqual([0, 1])
  })
})

it("signs as the example of Standard Webhooks is signed", () => {
  const secret = Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64")
  const signed = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: '{"test": 2432232314}' }
  expect(secretText(secret)).toBe("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
  const expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
  expect(signedHeaders([secret], signed, 1_614_265_330)["webhook-signature"]).toBe(expected)
  // While one secret takes the place of another there is a signature of each.
  const both = signedHeaders([Buffer.alloc(32), secret], signed, 1_614_265_330)["webhook-signature"].split(
    " "
  )
  expect([both.length, both[1]]).toEqual([2, expected])
})
