/** A world of lives and deaths in a test, which prints what came of it. */
import { Effect } from "effect"
import { inject } from "vitest"
import { bundleProgram } from "./bundle.ts"
import { runWorld, type WorldOptions } from "./world.ts"

const program = () => {
  const provided = inject("natsServer")
  if ("missing" in provided) throw new Error(provided.missing)
  return provided.path
}

export const world = (options: Omit<WorldOptions, "program" | "binary">) =>
  Effect.gen(function* () {
    const report = yield* runWorld({ ...options, binary: program(), program: yield* bundleProgram })
    const { breaches, hits, ...rest } = report
    console.log(JSON.stringify({ hits, breaches: breaches.length, ...rest }))
    return report
  }).pipe(Effect.scoped)
