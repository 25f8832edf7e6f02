/** Runs seeds on demand: `npm run simulate -- FIRST [COUNT] [STEPS] [--story]`. Prints each failing seed and its breaches. */
import { Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { simulate } from "./run.ts"

const told = process.argv.includes("--story")
const [first = 1, count = 1, steps = 40] = process.argv
  .slice(2)
  .filter((it) => it !== "--story")
  .map(Number)
let failed = 0
for (let seed = first; seed < first + count; seed++) {
  const began = performance.now()
  const report = await Effect.runPromise(
    Effect.scoped(simulate(seed, steps)).pipe(
      Effect.provide(Layer.merge(TestClock.layer(), told ? Layer.empty : Logger.layer([])))
    )
  )
  const took = Math.round(performance.now() - began)
  if (report.breaches.length > 0) failed += 1
  if (told) for (const line of report.story()) console.log(line)
  console.log(
    `seed ${seed}: ${report.events} events, ${report.transmissions} transmissions, ${took} ms, ` +
      (report.breaches.length === 0 ? "the laws hold" : report.breaches.join("\n  "))
  )
}
console.log(`${count - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
