/** `wadjet batch`: one computation over all lines of standard input. */
import { Effect } from "effect"
import { operations } from "./batch/operations.ts"
import { runBatch } from "./batch/run.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"

const unknown = (name: string) =>
  new OperatorFailed({
    what: `There is no operation "${name}"`,
    why: `expected one of ${Object.keys(operations).join(", ")}`,
    next: "`wadjet batch --help` says what each one reads.",
    exit: "usage"
  })

/** Runs an operation until its input ends. */
export const runBatchOperation = Effect.fn("runBatchOperation")(function* (input: {
  readonly operation: string
}) {
  const { stdin, stdout } = yield* Host
  const operation = Object.hasOwn(operations, input.operation) ? operations[input.operation] : undefined
  if (operation === undefined) return yield* unknown(input.operation)
  return yield* Effect.tryPromise({
    try: () => runBatch(operation, stdin, stdout),
    catch: (cause) =>
      new OperatorFailed({
        what: "The input could not be read to its end",
        why: cause instanceof Error ? cause.message : String(cause),
        next: "What was written so far answers the lines before it."
      })
  })
})
