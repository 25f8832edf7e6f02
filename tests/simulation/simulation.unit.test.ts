import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { simulate } from "./run.ts"

/** Enough to meet every misfortune many times within a minute; `npm run simulate` runs as many as one likes. */
const seeds = 40
const steps = 40

/** Seeds that once found a breach, which is a test of its own by now. */
const kept = [2002]

it.effect.each([...Array.from({ length: seeds }, (_, seed) => seed + 1), ...kept])(
  "seed %i: the laws hold through crashes, lost answers, duplicates and delays",
  (seed) =>
    Effect.gen(function* () {
      const report = yield* Effect.scoped(simulate(seed, steps))
      expect(report.breaches, `run it again with: npm run simulate -- ${seed}`).toEqual([])
    })
)
