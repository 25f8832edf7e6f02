/** From the words of a command line to the code that carries it out, and no more code than that. */
import { Effect } from "effect"
import type { ExitCode } from "./exit-codes.ts"
import type { Host } from "./host.ts"
import { outcomeOf } from "./outcome.ts"
import type { Output } from "./output.ts"

/** `wadjet run` and `wadjet run --json`, as people and service managers start it. */
const isWholeRun = ([command, ...flags]: ReadonlyArray<string>): boolean =>
  command === "run" && (flags.length === 0 || (flags.length === 1 && flags[0] === "--json"))

/**
 * Runs one command line, and answers with how it ended. Never fails. The whole system goes without the parser of
 * command lines, which it would hold in memory for as long as it runs.
 */
export const runWords = (words: ReadonlyArray<string>): Effect.Effect<ExitCode, never, Host | Output> => {
  if (!isWholeRun(words))
    return Effect.flatMap(
      Effect.promise(() => import("./cli.ts")),
      ({ runCli }) => runCli(words)
    )
  const json = words.includes("--json")
  return Effect.promise(() => import("./run.ts")).pipe(
    Effect.flatMap(({ runWadjet }) => runWadjet({ parts: [], json })),
    Effect.as<ExitCode>("ok"),
    Effect.catchCause((cause) => outcomeOf(cause, json))
  )
}
