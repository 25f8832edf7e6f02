import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { program } from "../../infra/started-server.ts"
import { eraseAndRestore } from "./forgotten.ts"

/** `npm run faults -- restore-forgotten` does it with every way to restore. */
it.live(
  "who is forgotten is nowhere in what is restored, for whoever has every key: to a point before, and from a copy that never heard of it",
  () =>
    Effect.gen(function* () {
      const found = yield* eraseAndRestore(program(), ["sequence before", "older copy here"])
      for (const { after, before, name } of found) {
        console.log(
          `${name}: ${before} findings while nobody was forgotten, ${after.length} after the restore`
        )
        expect(before).toBeGreaterThan(0)
        expect([name, after]).toEqual([name, []])
      }
    }),
  240_000
)
