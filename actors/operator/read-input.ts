/** What a command is given as a file, or on standard input as `-`. */
import { readFileSync } from "node:fs"
import { buffer } from "node:stream/consumers"
import { Effect } from "effect"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"

/** `what` it is, for the sentence that says that it could not be read. */
export const bytesOf = Effect.fnUntraced(function* (file: string, what: string) {
  const { stdin } = yield* Host
  const unreadable = (cause: unknown) =>
    new OperatorFailed({
      what: `The ${what} ${file} could not be read`,
      why: cause instanceof Error ? cause.message : String(cause),
      next: "Name a file that is there, or - for standard input."
    })
  return file === "-"
    ? yield* Effect.tryPromise({ try: () => buffer(stdin), catch: unreadable })
    : yield* Effect.try({ try: () => readFileSync(file), catch: unreadable })
})
