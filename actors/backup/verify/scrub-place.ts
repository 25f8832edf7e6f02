/** Scrubbing all that a place holds of a log: its segments, and the stores of secrets that belong to them. */
import { Effect } from "effect"
import { storeNames } from "../ship/keys.ts"
import { problemsMax, scrub, type ScrubOptions } from "./scrub.ts"
import { checkStore, storeProblems } from "./verify.ts"

/**
 * Scrubs the log and a place, and names the stores that are damaged or missing there. These are not stored again here:
 * shipping alone writes them, so that no older one ever takes the place of a newer one.
 */
export const scrubPlace = Effect.fn("scrubPlace")(function* (options: ScrubOptions) {
  const scrubbed = yield* scrub(options)
  const stores = yield* Effect.forEach(storeNames, (store) =>
    checkStore(options.place, options.origin.account, store, undefined)
  )
  const problems = [...storeProblems(stores), ...scrubbed.problems].slice(0, problemsMax)
  return { ...scrubbed, problems }
})
