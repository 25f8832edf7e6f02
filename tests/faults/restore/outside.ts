/** Those outside who are asked about links. Each question is noted, for it is what others charge for. */
import { appendFileSync, existsSync, readFileSync } from "node:fs"
import { Effect } from "effect"
import type { Outside } from "../../../actors/scan/outside.ts"

/** So slow that some questions are open at any moment. */
const slowMillis = 300

/** Answers with nothing that speaks against a link. */
export const notedOutside = (path: string): Outside => ({
  asks: ["witness"],
  unasked: [],
  look: (url) =>
    Effect.sync(() => appendFileSync(path, `${url}\n`)).pipe(
      Effect.andThen(Effect.sleep(slowMillis)),
      Effect.as({ evidence: [], missing: [] })
    )
})

/** What they were asked about, in order. */
export const questionsIn = (path: string): ReadonlyArray<string> =>
  existsSync(path)
    ? readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => line !== "")
    : []
