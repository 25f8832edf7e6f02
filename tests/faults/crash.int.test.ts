import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { pointNames } from "./points.ts"
import { world } from "./told-world.ts"

/** Each named point is hit this often in every run; `npm run faults` hits each 20 times, or as often as one likes. */
const hitsEach = 5
/** Where nats-server dies too, a life costs its start as well. */
const hitsEachWithServer = 1

const everyPoint = (times: number) => Object.fromEntries(pointNames.map((point) => [point, times]))

describe("killed at any of its points", () => {
  it.live(
    "it loses no link, warns nobody twice, obeys what it acknowledged, and what is disposable comes back the same",
    () =>
      Effect.gen(function* () {
        const report = yield* world({ server: "outlives", hits: everyPoint(hitsEach), seed: 1 })
        expect(report.breaches).toEqual([])
        expect(report.hits).toEqual(everyPoint(hitsEach))
        expect(report.withheld).toBeGreaterThan(0)
      }),
    600_000
  )

  it.live(
    "the same holds where nats-server is killed with it, and where what was agreed gets about late",
    () =>
      Effect.gen(function* () {
        const hits = everyPoint(hitsEachWithServer)
        const report = yield* world({ server: "dies", hits, seed: 1_001, late: true })
        expect(report.breaches).toEqual([])
        expect(report.hits).toEqual(everyPoint(hitsEachWithServer))
      }),
    300_000
  )
})

it.live(
  "where the other side cannot say what it has, what it may lack is repeated under the same id and no other",
  () =>
    Effect.gen(function* () {
      const hits = { claimed: 4, "socket-write": 8, "outcome-fold": 4 }
      const report = yield* world({ server: "outlives", hits, seed: 3_001, unsure: true })
      expect(report.breaches).toEqual([])
      expect(report.repeats).toBeGreaterThan(0)
    }),
  300_000
)
