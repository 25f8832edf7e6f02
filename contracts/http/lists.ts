/** What all lists have in common. */
import { Schema } from "effect"

/** The most rows of one page. */
export const limitMax = 200
/** Rows of a page where none are asked for. */
export const limitDefault = 50

const positive = Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(1)))

/** `after`: wait until the read models hold this sequence of the log, so that a client reads its own writes. */
export const after = {
  after: Schema.optionalKey(
    Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(0))).annotate({
      description: "Wait until the read models hold this sequence of the log."
    })
  )
} as const

/** `limit` and `cursor` of a page, newest first; the cursor of the next page is in the answer before it. */
export const paging = {
  limit: Schema.optionalKey(
    positive.pipe(Schema.check(Schema.isLessThanOrEqualTo(limitMax))).annotate({
      description: `Rows wanted, 1 to ${limitMax}; ${limitDefault} when absent.`
    })
  ),
  cursor: Schema.optionalKey(positive.annotate({ description: "`next` of the page before." })),
  ...after
} as const

/** A page: its rows, and the cursor of the next one (null at the end). */
export const pageOf = <S extends Schema.Top>(row: S) =>
  Schema.Struct({ items: Schema.Array(row), next: Schema.NullOr(Schema.Int) })
