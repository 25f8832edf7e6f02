import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Guard } from "../whatsapp/life.ts"
import { runSimulated } from "./simulated.ts"

it.effect("nothing leaves after an acknowledged cancellation, with every guard in its place", () =>
  Effect.gen(function* () {
    const { breaches, wins } = yield* runSimulated()
    expect(breaches).toEqual([])
    expect(wins.cancelledUnfired + wins.cancelledAfterFiring).toBeGreaterThan(0)
    expect(wins.partly + wins.fired).toBeGreaterThan(0)
  })
)

/** What each guard is there for, and what people see without it. */
const missing: ReadonlyArray<readonly [Guard, RegExp]> = [
  ["settled-before-answer", /left after the cancellation of its job was acknowledged$/],
  ["expected-claim", /left after the cancellation of its job was acknowledged$/],
  ["same-id-on-retry", / sees ".*" [2-9] times$/]
]

it.effect.each(missing)(
  "without %s, the same examination finds what it guards against",
  ([without, breach]) =>
    Effect.gen(function* () {
      const { breaches } = yield* runSimulated(without)
      expect(breaches.filter((it) => breach.test(it))).not.toEqual([])
    })
)
