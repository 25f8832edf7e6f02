import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import type { PlaceFailed } from "../../../../actors/backup/places/place.ts"
import { s3Place } from "../../../../actors/backup/places/s3-place.ts"
import { type LoopbackS3Options, startLoopbackS3, type Trouble } from "../../../loopback-s3/server.ts"
import { fencingContract, placeContract } from "./place.contract.ts"

const opened = (options: LoopbackS3Options = {}) =>
  Effect.gen(function* () {
    const server = yield* startLoopbackS3(options)
    return { server, place: yield* s3Place("s3", { ...server.address, silentMillis: 300 }) }
  })

const placeOf = (options: LoopbackS3Options = {}) => Effect.map(opened(options), ({ place }) => place)

describe("S3 as a place", () => {
  placeContract(placeOf({ pageMax: 2 }))
  fencingContract(placeOf())

  describe("that knows no conditions", () => {
    placeContract(placeOf({ conditional: false }), () => false)
  })

  const faults: ReadonlyArray<readonly [Trouble, string]> = [
    ["refuse", "refused"],
    ["full", "full"],
    ["down", "failed"],
    ["busy", "slow"],
    ["break", "unreachable"],
    ["cut", "unreachable"],
    ["slow", "slow"]
  ]
  it.live.each(faults)("that is told to %s says so: %s", ([trouble, fault]) =>
    Effect.gen(function* () {
      const { place, server } = yield* opened()
      yield* place.fenced
      server.trouble = () => trouble
      const error = yield* Effect.flip(place.putIfAbsent("a", Buffer.from("x")))
      expect(error).toMatchObject({ _tag: "PlaceFailed", place: "s3", fault })
      server.trouble = () => undefined
      expect(yield* place.putIfAbsent("a", Buffer.from("x"))).toBe(trouble === "cut" ? "taken" : "stored")
    })
  )

  const passing: ReadonlyArray<Trouble> = ["busy", "down", "break", "cut", "slow"]
  it.live.each(passing)("that is told to %s twice is asked again for what it holds", (trouble) =>
    Effect.gen(function* () {
      const { place, server } = yield* opened()
      yield* place.putIfAbsent("a", Buffer.from("x"))
      const twice = () => {
        let times = 0
        server.trouble = () => (times++ < 2 ? trouble : undefined)
      }
      twice()
      expect(String(yield* place.get("a"))).toBe("x")
      twice()
      expect(yield* place.list("a")).toEqual([{ key: "a", bytes: 1 }])
      twice()
      expect(yield* place.clock!).toBeGreaterThan(0)
    })
  )

  it.live("is not asked for ever, nor again for what it was to store", () =>
    Effect.gen(function* () {
      const { place, server } = yield* opened()
      yield* place.fenced
      server.trouble = () => "busy"
      const askedBy = <A>(method: string, asking: Effect.Effect<A, PlaceFailed>) =>
        Effect.gen(function* () {
          const before = server.requests.get(method) ?? 0
          expect(yield* Effect.flip(asking)).toMatchObject({ fault: "slow" })
          return server.requests.get(method)! - before
        })
      expect(yield* askedBy("GET", place.get("a"))).toBe(5)
      expect(yield* askedBy("PUT", place.putIfAbsent("a", Buffer.from("x")))).toBe(1)
      expect(yield* askedBy("PUT", place.replace("a", Buffer.from("x")))).toBe(1)
    })
  )

  it.live(
    "is not taken for one without conditions because it had an error of its own when it was tried",
    () =>
      Effect.gen(function* () {
        const { place, server } = yield* opened()
        server.trouble = () => "down"
        expect(yield* Effect.flip(place.fenced)).toMatchObject({ fault: "failed" })
        server.trouble = () => undefined
        expect(yield* place.fenced).toBe(true)
      })
  )

  it.live("says what time it is there", () =>
    Effect.gen(function* () {
      const { place, server } = yield* opened()
      server.clock = () => Date.parse("2031-02-03T04:05:06Z")
      expect(yield* place.clock!).toBe(Date.parse("2031-02-03T04:05:06Z"))
    })
  )

  it.live("refuses a wrong secret, and a request that was changed on its way", () =>
    Effect.gen(function* () {
      const { server } = yield* opened()
      const wrong = yield* s3Place("s3", { ...server.address, secretKey: Redacted.make("other") })
      expect(yield* Effect.flip(wrong.list(""))).toMatchObject({ fault: "refused" })
    })
  )

  it.live("says where there is no such bucket", () =>
    Effect.gen(function* () {
      const { server } = yield* opened()
      const place = yield* s3Place("s3", { ...server.address, bucket: "other" })
      expect(yield* Effect.flip(place.get("a"))).toMatchObject({ fault: "refused" })
      expect(yield* Effect.flip(place.putIfAbsent("a", Buffer.from("x")))).toMatchObject({ fault: "refused" })
    })
  )

  it.live("names keys with any characters in their prefix", () =>
    Effect.gen(function* () {
      const { server } = yield* opened()
      const place = yield* s3Place("s3", { ...server.address, prefix: "a b/ü+&<'(!)*/" })
      yield* place.putIfAbsent("one", Buffer.from("x"))
      expect(yield* place.list("")).toEqual([
        { key: "fence-probe", bytes: 3 },
        { key: "one", bytes: 1 }
      ])
      expect(String(yield* place.get("one"))).toBe("x")
    })
  )
})
