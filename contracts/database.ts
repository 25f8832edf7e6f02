/** The database files of a data folder: how they are, what can be done to one, and what a query of read models says. */
import { Schema } from "effect"
import { EpochMillis } from "./ids.ts"

const { Finite, Int, NullOr } = Schema

/** `check` changes nothing; the others change where and how rows are stored, and no row. */
export const DatabaseOperation = Schema.Literals(["check", "analyze", "vacuum", "checkpoint"])
export type DatabaseOperation = typeof DatabaseOperation.Type

/** A file. Bytes in `walBytes` are written and not in the file itself yet; free pages are given back by `vacuum`. */
export const DatabaseState = Schema.Struct({
  name: Schema.String,
  bytes: Int,
  walBytes: Int,
  /** Why nothing can be read of it; null where it can. */
  damaged: NullOr(Schema.String),
  pageBytes: Int,
  pages: Int,
  freePages: Int,
  /** Whether free pages are given back without copying the file. */
  incremental: Schema.Boolean,
  /** Of its shape. */
  version: Int,
  /** The last step that its shape took, where it goes by steps. */
  migrated: NullOr(Schema.Struct({ at: EpochMillis, name: Schema.String })),
  /** The event that it is a fold of the log up to, where it is one. */
  standsFor: NullOr(Int),
  tables: Schema.Array(Schema.Struct({ name: Schema.String, rows: Int }))
})

/** What came of an operation. `hindered`: another connection was in the way of some of it, and asking again helps. */
export const OperationDone = Schema.Struct({
  operation: DatabaseOperation,
  seconds: Finite,
  bytesBefore: Int,
  bytesAfter: Int,
  walBytesAfter: Int,
  /** What `check` found wrong, the first hundred; none where the file is whole. */
  problems: Schema.Array(Schema.String),
  hindered: Schema.Boolean
})

/** Characters of a statement. */
export const statementCharactersMax = 20_000
/** What stands for question marks. */
export const parametersMax = 100
/** Rows of one answer. */
export const answerRowsMax = 10_000
export const answerRowsDefault = 200

/** A value of an answer. Whole numbers beyond 2^53 are texts, bytes are texts such as `x'00ff'`. */
export const AnswerValue = Schema.Union([Schema.Null, Schema.Finite, Schema.String])

/** One statement that begins with `select`, `with` or `values`. */
export const Query = Schema.Struct({
  sql: Schema.NonEmptyString.pipe(Schema.check(Schema.isMaxLength(statementCharactersMax))),
  params: Schema.optionalKey(Schema.Array(AnswerValue).pipe(Schema.check(Schema.isMaxLength(parametersMax)))),
  /** How SQLite would go about it, instead of doing it. */
  explain: Schema.optionalKey(Schema.Boolean),
  limit: Schema.optionalKey(Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: answerRowsMax }))))
})

/** What a query found. `truncated` says which limit more rows would have been over. */
export const Answer = Schema.Struct({
  columns: Schema.Array(Schema.String),
  rows: Schema.Array(Schema.Array(AnswerValue)),
  truncated: NullOr(Schema.Literals(["rows", "bytes"])),
  seconds: Finite,
  standsFor: NullOr(Int)
})
