import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { inject } from "vitest"
import { runRestoreWorld } from "./world.ts"

const program = () => {
  const provided = inject("natsServer")
  if ("missing" in provided) throw new Error(provided.missing)
  return provided.path
}

/** `npm run faults -- restore` does it 20 times on one lineage, and without each guard. */
it.live(
  "a log that is lost with its machine under load comes back from its copy, and nothing leaves twice",
  () =>
    Effect.gen(function* () {
      const report = yield* runRestoreWorld({ rounds: 1, seed: 1, binary: program() })
      console.log(JSON.stringify(report))
      expect(report.breaches).toEqual([])
      expect(report.rounds[0]!.upTo).toBeGreaterThan(0)
    }),
  240_000
)
