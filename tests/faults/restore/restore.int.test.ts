import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { inject } from "vitest"
import { guards } from "./examine.ts"
import { runRestoreWorld } from "./world.ts"

const program = () => {
  const provided = inject("natsServer")
  if ("missing" in provided) throw new Error(provided.missing)
  return provided.path
}

/** What is seen to break first where a guard is left out. */
const breaks = {
  quarantine: /messages left, where 1 was to leave/,
  "workers-begin-behind": /links that were answered for are asked about again/,
  "handed-again": /a link is not judged or not looked at/
} as const

/** `npm run faults -- restore` does it 20 times on one lineage, with a folder or a bucket, and without each guard. */
it.live(
  "a log that is lost with its machine under load comes back from its copy, and nothing leaves or is asked twice; without a guard it does",
  () =>
    Effect.gen(function* () {
      const report = yield* runRestoreWorld({
        rounds: 1,
        seed: 1,
        binary: program(),
        place: "s3",
        loadMillis: 2_000,
        beside: guards
      })
      console.log(JSON.stringify(report))
      expect(report.breaches).toEqual([])
      expect(report.rounds[0]!.upTo).toBeGreaterThan(0)
      for (const guard of guards) expect(report.beside[guard]?.join("\n")).toMatch(breaks[guard])
    }),
  240_000
)
