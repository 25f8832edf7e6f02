/** Storage on which things go wrong: nothing is lost, everybody who looks sees it, and it catches up. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { activeAfter, type Active } from "../../../actors/operator/alerts/alert.ts"
import { backupAlertsAfter } from "../../../actors/operator/alerts/backup-alert.ts"
import { s3Place } from "../../../actors/backup/places/s3-place.ts"
import type { S3Address } from "../../../actors/backup/places/s3-request.ts"
import type { Identity } from "../../../actors/backup/segment/seal.ts"
import { encodeSegment } from "../../../actors/backup/segment/segment.ts"
import { findEnd, tailOf } from "../../../actors/backup/ship/tail.ts"
import { segmentKey } from "../../../actors/backup/ship/keys.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { metrics } from "../../../infra/telemetry/metrics.ts"
import { post } from "../../faults/one-system.ts"
import { temporaryFolder } from "../../faults/temporary-folder.ts"
import { startRealS3 } from "../../loopback-s3/real-s3.ts"
import { startLoopbackS3, type Trouble } from "../../loopback-s3/server.ts"
import { startTroubledS3, type TroubleOnTheWay } from "../../loopback-s3/troubled.ts"
import { someIdentity, someMessages } from "./segment/some-messages.ts"
import { allShipped, copiedAt, startCopying, status, until } from "./world.ts"

/**
 * Storage that answers no sooner is slow. A real one answers in its own time where the machine is busy: only where it is
 * to be slow is it not waited for as long as in the product.
 */
const silentMillis = { loopback: 500, real: 5_000 }

const say = (id: string) => post("Family", "Ada", { id, text: `see https://${id}.example/` })

/** Waits until the gauge says so of the oldest event that a place lacks, in seconds. */
const gauge = (name: string, holds: (seconds: number) => boolean) =>
  Effect.promise(() => metrics.backupUnshipped.get()).pipe(
    Effect.map(({ values }) => values.find(({ labels }) => labels["place"] === name)?.value),
    Effect.filterOrFail((seconds) => seconds !== undefined && holds(seconds)),
    Effect.retry(Schedule.spaced("100 millis")),
    Effect.timeout("120 seconds")
  )

/** What is alerted of a place by the facts of the log from an event on, and whether it is over. */
const alertsSince = Effect.fnUntraced(function* (name: string, from: number) {
  const log = yield* EventLog
  const last = yield* log.last
  const texts: Array<string> = []
  let active: Active = new Set()
  for (let sequence = from; sequence <= last; sequence++) {
    const event = yield* log.get(sequence)
    if (event?.type !== "backup.place-changed" || event.data.place !== name) continue
    const alerts = backupAlertsAfter(event, active)
    active = activeAfter(active, alerts)
    texts.push(...alerts.map(({ state, text }) => `${state}: ${text}`))
  }
  return { isOver: active.size === 0, texts }
})

const rowOf = ({ places }: Effect.Success<typeof status>, name: string) =>
  places.find(({ place }) => place === name)!

/** Seen to go wrong: in the status, in the gauge, in the log, and by whoever is alerted. Answers with the reason. */
const isSeen = Effect.fnUntraced(function* (name: string, state: "failing" | "blocked", from: number) {
  const seen = yield* until((now) => {
    const row = rowOf(now, name)
    return row.state === state && row.unshippedSince !== null && row.reason !== null
  })
  yield* gauge(name, (seconds) => seconds > 0)
  const { texts } = yield* alertsSince(name, from)
  expect(texts[0]).toMatch(new RegExp(`^raised: ${name}, a place for backups, is ${state}: expected `))
  return rowOf(seen, name).reason
})

interface Way<T> {
  readonly name: string
  /** How it is reached by whoever copies, and how by whoever looks what it holds. */
  readonly address: S3Address
  readonly direct: S3Address
  readonly tell: (trouble: T | undefined) => void
}

/** Nothing is lost, and nothing is lacking any more. */
const isCaughtUp = Effect.fnUntraced(function* (
  { direct, name }: Omit<Way<never>, "tell">,
  identity: Identity,
  from: number
) {
  yield* until((now) => rowOf(now, name).state === "shipping" && rowOf(now, name).upTo === now.last)
  yield* Effect.scoped(Effect.flatMap(s3Place(name, direct), (place) => copiedAt(place, identity)))
  yield* until((now) => rowOf(now, name).unshippedSince === null && rowOf(now, name).reason === null)
  yield* gauge(name, (seconds) => seconds === 0)
  const { isOver, texts } = yield* alertsSince(name, from)
  expect(isOver).toBe(true)
  expect(texts.at(-1)).toBe(`over: ${name}, a place for backups, does what it is asked again`)
})

/** A system that copies to places, and what goes on meanwhile. */
const copying = <A, E, R>(
  ways: ReadonlyArray<Omit<Way<never>, "tell">>,
  meanwhile: (identity: Identity) => Effect.Effect<A, E, R>
) =>
  Effect.gen(function* () {
    const { identity, recipient } = yield* Effect.promise(someIdentity)
    const places = ways.map(
      ({ address, name }) =>
        ({ name, shown: address.endpoint, everyMillis: 200, kind: "s3", ...address }) as const
    )
    const base = yield* startCopying(yield* temporaryFolder, { places, recipients: [recipient] })
    return yield* Effect.provideContext(
      Effect.gen(function* () {
        yield* say("before")
        yield* allShipped
        return yield* meanwhile(identity)
      }),
      base
    )
  })

/** Places of one system, each in a trouble of its own, until it is over. */
const endure = <T extends Trouble>(ways: ReadonlyArray<Way<T> & { readonly trouble: T }>) =>
  copying(ways, (identity) =>
    Effect.gen(function* () {
      const from = (yield* (yield* EventLog).last) + 1
      for (const { tell, trouble } of ways) tell(trouble)
      yield* say("during")
      for (const { name } of ways) expect(yield* isSeen(name, "failing", from)).toMatch(/^expected http/)
      for (const { tell } of ways) tell(undefined)
      for (const way of ways) yield* isCaughtUp(way, identity, from)
    })
  )

const onTheWay: ReadonlyArray<TroubleOnTheWay> = ["refuse", "full", "down", "lie", "cut", "break", "slow"]

describe("storage that misbehaves", () => {
  it.live(
    "loses nothing, is seen by everybody who looks, and is caught up with, whatever it is told to do",
    () =>
      Effect.gen(function* () {
        const troubles: ReadonlyArray<Trouble> = [...onTheWay, "shorten"]
        const ways = yield* Effect.forEach(troubles, (trouble) =>
          Effect.map(startLoopbackS3(), (server) => ({
            name: `s3-${trouble}`,
            address: { ...server.address, silentMillis: silentMillis.loopback },
            direct: server.address,
            trouble,
            tell: (it: Trouble | undefined) => {
              server.trouble = (method) => (method === "PUT" ? it : undefined)
            }
          }))
        )
        yield* endure(ways)
      }),
    300_000
  )

  it.live(
    "does so where it is a real server of S3, on the way to which all of that happens",
    () =>
      Effect.gen(function* () {
        const real = yield* startRealS3
        const ways = yield* Effect.forEach(onTheWay, (trouble) => {
          const direct = { ...real.address, prefix: `${trouble}/` }
          return Effect.map(startTroubledS3(direct), (way) => ({
            name: `s3-${trouble}`,
            address: trouble === "slow" ? { ...way.address, silentMillis: silentMillis.real } : way.address,
            direct,
            trouble,
            tell: (it: TroubleOnTheWay | undefined) => {
              way.trouble = (method) => (method === "PUT" ? it : undefined)
            }
          }))
        })
        yield* endure(ways)
      }),
    480_000
  )

  it.live(
    "is left alone where somebody else has written, which is seen, and is gone on with once that is gone",
    () =>
      Effect.gen(function* () {
        const { address } = yield* startLoopbackS3()
        const way = { name: "s3", address, direct: address }
        const place = yield* s3Place("s3", address)
        yield* copying([way], (identity) =>
          Effect.gen(function* () {
            yield* copiedAt(place, identity)
            const log = yield* EventLog
            const { recipient } = yield* Effect.promise(someIdentity)
            const origin = { account: (yield* Keyring).account, generation: log.generation }
            const from = (yield* log.last) + 1
            const previous = tailOf((yield* findEnd(place, origin, Infinity)).segment!)
            const other = yield* Effect.promise(() =>
              encodeSegment({ origin, previous, messages: someMessages(from, 2) }, [recipient])
            )
            const key = segmentKey(origin, previous.last + 1)
            expect(yield* place.putIfAbsent(key, other.bytes)).toBe("stored")
            yield* say("second")
            expect(yield* isSeen("s3", "blocked", from)).toContain("another installation")
            expect(yield* place.get(key)).toEqual(other.bytes)
            yield* place.remove(key)
            yield* isCaughtUp(way, identity, from)
          })
        )
      }),
    300_000
  )
})
