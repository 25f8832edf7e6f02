import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { inject } from "vitest"
import { bundleProgram } from "./bundle.ts"
import type { Guard } from "./life.ts"
import { type Point, pointNames } from "./points.ts"
import { type Report, runWorld } from "./world.ts"

/** Each named point is hit this often in every run; `npm run faults -- --rounds N` hits them as often as one likes. */
const hitsEach = 20
/** Where nats-server dies too, a life costs its start as well. */
const hitsEachWithServer = 2

const program = () => {
  const provided = inject("natsServer")
  if ("missing" in provided) throw new Error(provided.missing)
  return provided.path
}

const everyPoint = (times: number) => Object.fromEntries(pointNames.map((point) => [point, times]))

const told = ({ breaches, hits, ...rest }: Report) => ({ hits, breaches: breaches.length, ...rest })

const world = (options: Omit<Parameters<typeof runWorld>[0], "program" | "binary">) =>
  Effect.gen(function* () {
    const report = yield* runWorld({ ...options, binary: program(), program: yield* bundleProgram })
    console.log(JSON.stringify(told(report)))
    return report
  }).pipe(Effect.scoped)

describe("killed at any of its points", () => {
  it.live(
    "it loses no link, warns nobody twice, and what is disposable comes back the same",
    () =>
      Effect.gen(function* () {
        const report = yield* world({ server: "outlives", hits: everyPoint(hitsEach), seed: 1 })
        expect(report.breaches).toEqual([])
        expect(report.hits).toEqual(everyPoint(hitsEach))
      }),
    300_000
  )

  it.live(
    "the same holds where nats-server is killed with it",
    () =>
      Effect.gen(function* () {
        const report = yield* world({ server: "dies", hits: everyPoint(hitsEachWithServer), seed: 1_001 })
        expect(report.breaches).toEqual([])
        expect(report.hits).toEqual(everyPoint(hitsEachWithServer))
      }),
    120_000
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
  120_000
)

interface Missing {
  readonly without: Guard
  readonly point: Point
  readonly breach: RegExp
}

/** What each guard is there for: the point at which it is needed, and what breaks without it. */
const missing: ReadonlyArray<Missing> = [
  { without: "deterministic-event-ids", point: "append-ack", breach: /^the scan of .* is in the log 2 times$/ },
  { without: "deterministic-whatsapp-ids", point: "socket-write", breach: /^law 2: the words .* were said under/ },
  { without: "claim-before-send", point: "socket-write", breach: /^law 3: .* was transmitted \d+ times under 0 claims$/ },
  { without: "durable-keys", point: "append-ack", breach: /^law 1: the words of .* cannot be opened$/ },
  { without: "facts-before-ack", point: "before-scan", breach: /^law 1: link .* was lost: it has no verdict$/ },
  { without: "one-transaction", point: "mid-projection", breach: /^law 5: the read model .* differs from its rebuild$/ }
]

/** More deaths than one, so that the one that matters is among them. */
const deaths = 6
/** What is lost is not waited for: the inputs of a dead scanner come back after two seconds. */
const settleSecondsMax = 8

describe("with a guard missing, the same examination finds what it guards against", () => {
  it.live.each(missing)(
    "$without",
    ({ breach, point, without }) =>
      Effect.gen(function* () {
        const hits = { [point]: deaths }
        const report = yield* world({ server: "outlives", hits, seed: 2_001, without, settleSecondsMax })
        expect(report.breaches.filter((it) => breach.test(it))).not.toEqual([])
      }),
    120_000
  )
})
