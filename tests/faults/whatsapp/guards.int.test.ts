import { expect, test } from "vitest"
import type { Guard } from "./life.ts"
import type { Point } from "./points.ts"
import { runScenario } from "./scenario.ts"
import { toldWorld } from "./told-world.ts"

interface Missing {
  readonly without: Guard
  /** Where it dies; left out, it is shot while the server reads a message of its. */
  readonly point?: Point
  readonly breach: RegExp
}

/** What each guard is there for: the point at which it is needed, and what breaks without it. */
const missing: ReadonlyArray<Missing> = [
  { without: "journal-with-ratchet", point: "journalled", breach: /^law 1: ".*" is in the log 0 times$/ },
  { without: "journal-before-receipt", point: "receipted", breach: /^law 1: ".*" is in the log 0 times$/ },
  { without: "one-fact-per-message", point: "logged", breach: /^law 1: ".*" is in the log 2 times$/ },
  { without: "claim-before-write", breach: /^law 3: .* was transmitted \d+ times under 0 claims$/ },
  { without: "same-id-on-retry", point: "unanswered", breach: /^law 2: .* sees \d+ warnings on/ }
]

/** More deaths than one, so that the one that matters is among them. */
const deaths = 2
const saidPerLife = 6

test.each(missing)(
  "without $without, the same examination finds what it guards against",
  async ({ breach, point, without }) => {
    const world = await toldWorld(2)
    try {
      const death = point === undefined ? { deaths: {}, shots: deaths } : { deaths: { [point]: deaths } }
      const { breaches } = await runScenario({ world, ...death, rounds: 0, saidPerLife, without })
      console.log(JSON.stringify({ without, breaches: breaches.length, first: breaches[0] }))
      expect(breaches.filter((it) => breach.test(it))).not.toEqual([])
    } finally {
      await world.close()
    }
  },
  300_000
)
