/** What all lists have in common. */
import { Schema } from "effect"

/** The most rows of one page. */
export const limitMax = 200
/** Rows of a page where none are asked for. */
export const limitDefault = 50

/** What numbers in a query mean: their schemas are of texts there, which have lost it. */
export const meaningOf: Readonly<Record<string, string>> = {
  limit: `Rows wanted, 1 to ${limitMax}; ${limitDefault} when absent.`,
  cursor: "`next` of the page before, asked for with the same filters and order; the first page when absent.",
  after: "Wait until the read models hold this sequence of the log."
}

const positive = Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(1)))

/** The header that says, where `asOf` was asked for, which event the answer stands for. */
export const asOfHeader = "wadjet-as-of"

/**
 * `after`: wait until the read models hold this sequence of the log, so that a client reads its own writes. `asOf`: as
 * they stood at an event or a time. Those are folded first where nobody asked for them before; a request waits five
 * seconds for that, and is told 503 `behind` with how far they are, and to ask again.
 */
export const after = {
  after: Schema.optionalKey(Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(0)))),
  asOf: Schema.optionalKey(
    Schema.String.annotate({
      description: "As it stood at an event, by its number, or at a time such as 2026-01-31T10:00:00Z."
    })
  )
} as const

/** `limit`, `cursor` and `sort` of a page; the cursor of the next page, for the same `sort`, is in the answer before it. */
export const paging = {
  limit: Schema.optionalKey(positive.pipe(Schema.check(Schema.isLessThanOrEqualTo(limitMax)))),
  cursor: Schema.optionalKey(positive),
  sort: Schema.optionalKey(
    Schema.Literals(["newest", "oldest"]).annotate({
      description: "Which rows come first; the newest when absent."
    })
  ),
  ...after
} as const

/** A page: its rows, and the cursor of the next one (null at the end). */
export const pageOf = <S extends Schema.Top>(row: S) =>
  Schema.Struct({ items: Schema.Array(row), next: Schema.NullOr(Schema.Int) })
