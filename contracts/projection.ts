/** Whether the read models are what the log makes of them, and who had them made anew. Written by the projector's host. */
import { Schema } from "effect"
import { event } from "./event.ts"
import { EpochMillis } from "./ids.ts"
import { By } from "./policy.ts"

/** The first row of a table that is not what the log makes of it: another one, not there, or there and should not be. */
export const DriftedTable = Schema.Struct({
  model: Schema.String,
  table: Schema.String,
  /** The values of the key columns of the row, separated by spaces. */
  key: Schema.String,
  how: Schema.Literals(["changed", "missing", "surplus"])
})
export type DriftedTable = typeof DriftedTable.Type

const at = 1_767_225_600_000

export const ProjectionChecked = event("projection.checked", {
  about:
    "The log was folded a second time, and the read models that answer compared with that: those that differ are named, with the first row of each table. It was asked for by somebody, or is done each night.",
  data: {
    upTo: Schema.Int,
    at: EpochMillis,
    seconds: Schema.Finite,
    drifted: Schema.Array(DriftedTable),
    by: Schema.optionalKey(By)
  },
  example: {
    upTo: 42,
    at,
    seconds: 0.5,
    drifted: [{ model: "chats", table: "chats", key: "c0example0", how: "changed" }],
    by: "operator"
  }
})

export const ProjectionReplaced = event("projection.replaced", {
  about: "Other read models answer from here on: they were folded anew, or gone back to.",
  data: { how: Schema.Literals(["rebuilt", "gone-back"]), upTo: Schema.Int, at: EpochMillis, by: By },
  example: { how: "rebuilt", upTo: 42, at, by: "operator" }
})
