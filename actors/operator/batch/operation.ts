import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { namesOf, shownValue, valueAt } from "../../scan/rules/shown-value.ts"

/** What a line that can't be handled is answered with. */
export interface Refusal {
  readonly error: string
}

/** One computation of `wadjet batch`: pure, from one parsed line to one object. */
export type BatchOperation = (input: unknown) => object

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

/** What is wrong first, with its place: `evidence.vtMalicious: Expected number | null, found "3"`. */
const complaintAbout = (line: unknown, issue: SchemaIssue.Issue): string => {
  const [first] = issuesOf(issue).issues
  if (first === undefined) return "it does not have this shape"
  const path = namesOf(first.path)
  const place = path.length === 0 ? "" : `${path.join(".")}: `
  const wanted = first.message === "Missing key" ? "Expected a value" : first.message
  return `${place}${wanted.replace(/\s*\n\s*/g, " ")}, found ${shownValue(valueAt(line, path))}`
}

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
    return { error: `expected ${expected}: ${complaintAbout(line, decoded.failure.issue)}` } satisfies Refusal
  }
}
