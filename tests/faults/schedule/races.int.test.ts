import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { inject } from "vitest"
import { bundleProgram } from "../bundle.ts"
import { runFifty } from "./fifty.ts"
import { deathsAt } from "./run.ts"
import { runRaces } from "./world.ts"

const binary = () => {
  const provided = inject("natsServer")
  if ("missing" in provided) throw new Error(provided.missing)
  return provided.path
}

describe("a job whose system is killed", () => {
  it.live(
    "is not sent after a cancellation or a change that was acknowledged, and once where it is",
    () =>
      Effect.gen(function* () {
        const report = yield* runRaces({
          program: yield* bundleProgram,
          binary: binary(),
          people: 15,
          races: 30,
          recipients: 2,
          deaths: deathsAt(1, 1).slice(0, 3)
        })
        expect(report.breaches).toEqual([])
        expect(report.races).toBeGreaterThanOrEqual(30)
      }).pipe(Effect.scoped),
    300_000
  )

  it.live(
    "reaches everybody, and nobody twice",
    () =>
      Effect.gen(function* () {
        const { breaches, ids, transmissions } = yield* runFifty({
          program: yield* bundleProgram,
          binary: binary(),
          jobs: 5,
          recipients: 20,
          seconds: 2,
          deaths: [
            { point: "socket-write", seed: 5, within: 50 },
            { point: "fired", seed: 2, within: 1 }
          ]
        })
        expect({ breaches, ids, transmissions }).toEqual({ breaches: [], ids: 100, transmissions: 100 })
      }).pipe(Effect.scoped),
    300_000
  )
})
