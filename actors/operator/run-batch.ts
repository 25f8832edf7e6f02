/** `wadjet batch`: one computation over all lines of standard input. */
import { Effect } from "effect"
import { readSetting } from "../../infra/config/settings.ts"
import { brandsOfOperator } from "../scan/brand-index.ts"
import { operations, operationsWith } from "./batch/operations.ts"
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

/** What the setting of brands is read for; nothing else needs a setting. */
const asksForBrands: ReadonlySet<string> = new Set(["lookalike", "classify"])

/** Runs an operation until its input ends. */
export const runBatchOperation = Effect.fn("runBatchOperation")(function* (input: {
  readonly operation: string
}) {
  const { environment, stdin, stdout } = yield* Host
  if (!Object.hasOwn(operations, input.operation)) return yield* unknown(input.operation)
  const own = asksForBrands.has(input.operation) ? yield* readSetting("brands", environment) : []
  const all = own.length === 0 ? operations : operationsWith(brandsOfOperator(own))
  const operation = all[input.operation]!
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
