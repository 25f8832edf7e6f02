/**
 * What can be asked of the projector. It appends nothing: the place in the log of an answer is the event that the read
 * models stand for.
 */
import { Schema } from "effect"
import { command } from "./command.ts"
import { By } from "./policy.ts"

/** How far the file is that is made beside the one that answers. */
const Building = Schema.Struct({
  /** Events folded, and how many there are. */
  done: Schema.Int,
  total: Schema.Int,
  perSecond: Schema.Number,
  secondsLeft: Schema.Number
})

export const ProjectionsStatus = command("projections.status", {
  answeredBy: "runtime",
  about: "How far the read models are, and what is made beside them.",
  payload: {},
  answer: {
    /** Events of the log that are not folded yet. */
    pending: Schema.Int,
    building: Schema.NullOr(Building),
    /** Why the last replacement that was asked for changed nothing; null where it did, or none was. */
    failed: Schema.NullOr(Schema.String),
    /** How far the second fold of a check is. */
    checking: Schema.NullOr(Schema.Struct({ done: Schema.Int, total: Schema.Int })),
    /** Why the last check that was asked for came to nothing; null where it did not, or none was. */
    unchecked: Schema.NullOr(Schema.String)
  },
  example: {}
})

export const RebuildProjections = command("projections.rebuild", {
  answeredBy: "runtime",
  about:
    "Fold the log again into new read models beside those that answer, and have them answer once they stand for no less. The answer comes when it began.",
  payload: { by: By },
  example: { by: "operator" }
})

export const GoBackProjections = command("projections.go-back", {
  answeredBy: "runtime",
  about:
    "Have the read models answer again that did before the last rebuild, once they stand for no less. The answer comes when it began.",
  payload: { by: By },
  example: { by: "operator" }
})

export const CheckProjections = command("projections.check", {
  answeredBy: "runtime",
  about:
    "Fold the log a second time beside the read models that answer, and compare them row by row. The answer comes when it began; what was found is projection.checked.",
  payload: { by: By },
  example: { by: "operator" }
})

export const projectionCommands = [
  ProjectionsStatus,
  RebuildProjections,
  GoBackProjections,
  CheckProjections
] as const
