import { Effect } from "effect"
import { LogUnavailable } from "./event-log.ts"

export const because = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** Asks the server for something; whatever goes wrong means that the log did not do what `operation` says. */
export const tryLog = <A>(operation: string, run: () => Promise<A>) =>
  Effect.tryPromise({
    try: run,
    catch: (cause) =>
      new LogUnavailable({ operation, message: `the log did not ${operation}: ${because(cause)}` })
  })
