/** How a command ended: what is said of it, and the exit code. */
import { Cause, Effect } from "effect"
import type { ExitCode } from "./exit-codes.ts"
import { explain, explanationLines } from "./failure.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"

/** Shows an error, for a program as JSON, and answers with its exit code. */
const report = Effect.fnUntraced(function* (error: unknown, json: boolean) {
  const output = yield* Output
  const { exit, ...words } = explain(error)
  yield* output.status("")
  if (json) yield* output.note(JSON.stringify({ error: words }))
  else yield* Effect.forEach(explanationLines({ exit, ...words }), output.note, { discard: true })
  return exit
})

/** Says why a command did not succeed, and answers with its exit code. */
export const outcomeOf = Effect.fnUntraced(function* (
  cause: Cause.Cause<unknown>,
  json: boolean
): Effect.fn.Return<ExitCode, never, Host | Output> {
  if (Cause.hasInterruptsOnly(cause)) {
    yield* (yield* Output).note("Interrupted. What was stored stays stored.")
    return "interrupted"
  }
  const { environment } = yield* Host
  if (environment["WADJET_LOG"] === "debug") yield* (yield* Output).note(Cause.pretty(cause))
  return yield* report(Cause.squash(cause), json)
})
