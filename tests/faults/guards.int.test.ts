import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Guard } from "./life.ts"
import type { Point } from "./points.ts"
import { world } from "./told-world.ts"
import type { WorldOptions } from "./world.ts"

interface Missing {
  readonly without: Guard
  readonly point: Point
  readonly breach: RegExp
  /** How it has to be for the guard to be needed, beside that it dies. */
  readonly needed?: Partial<Pick<WorldOptions, "hits" | "late" | "within">>
}

/** What each guard is there for: the point at which it is needed, and what breaks without it. */
const missing: ReadonlyArray<Missing> = [
  {
    without: "deterministic-event-ids",
    point: "append-ack",
    breach: /^the scan of .* is in the log 2 times$/
  },
  {
    without: "deterministic-whatsapp-ids",
    point: "socket-write",
    breach: /^law 2: the words .* were said under/
  },
  {
    without: "claim-before-send",
    point: "socket-write",
    breach: /^law 3: .* was transmitted \d+ times under 0 claims$/
  },
  { without: "durable-keys", point: "append-ack", breach: /^law 1: the words of .* cannot be opened$/ },
  {
    without: "facts-before-ack",
    point: "before-scan",
    breach: /^law 1: link .* was lost: it has no verdict$/
  },
  {
    without: "one-transaction",
    point: "mid-projection",
    breach: /^law 5: the read model .* differs from its rebuild$/
  },
  {
    without: "policies-first",
    point: "append-ack",
    // A long life, for it is needed while much is agreed and posted.
    needed: { hits: { "append-ack": 1 }, within: 600, late: true },
    breach: /^.* was kept although it was acknowledged that it is not read$/
  }
]

/** More deaths than one, so that the one that matters is among them. */
const deaths = 6
/** What is lost is not waited for: the inputs of a dead scanner come back after two seconds. */
const settleSecondsMax = 8

describe("with a guard missing, the same examination finds what it guards against", () => {
  it.live.each(missing)(
    "$without",
    ({ breach, needed = {}, point, without }) =>
      Effect.gen(function* () {
        const hits = { [point]: deaths }
        const report = yield* world({
          server: "outlives",
          hits,
          seed: 2_001,
          without,
          settleSecondsMax,
          ...needed
        })
        expect(report.breaches.filter((it) => breach.test(it))).not.toEqual([])
      }),
    300_000
  )
})
