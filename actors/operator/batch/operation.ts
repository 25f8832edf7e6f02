import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** What a line that can't be handled is answered with. */
export interface Refusal {
  readonly error: string
}

/** One computation of `wadjet batch`: pure, from one parsed line to one object. */
export type BatchOperation = (input: unknown) => object

/**
 * Makes an operation that checks its input against `input` first. Fields the schema does not name are
 * ignored; anything else that does not fit is refused in a sentence that shows what was expected.
 */
export function operation<S extends Schema.ConstraintDecoder<unknown>>(
  expected: string,
  input: S,
  compute: (input: S["Type"]) => object
): BatchOperation {
  const decode = Schema.decodeUnknownResult(input)
  return (line) => {
    const decoded = decode(line)
    if (Result.isSuccess(decoded)) return compute(decoded.success)
    const found = decoded.failure.message.replace(/\s*\n\s*/g, " ")
    return { error: `expected ${expected}: ${found}` } satisfies Refusal
  }
}
