/**
 * What can be asked of the projector. It appends nothing: the place in the log of an answer is the event that the read
 * models stand for.
 */
import { Schema } from "effect"
import { command } from "./command.ts"

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
    failed: Schema.NullOr(Schema.String)
  },
  example: {}
})

export const RebuildProjections = command("projections.rebuild", {
  answeredBy: "runtime",
  about:
    "Fold the log again into new read models beside those that answer, and have them answer once they stand for no less. The answer comes when it began.",
  payload: {},
  example: {}
})

export const GoBackProjections = command("projections.go-back", {
  answeredBy: "runtime",
  about:
    "Have the read models answer again that did before the last rebuild, once they stand for no less. The answer comes when it began.",
  payload: {},
  example: {}
})

export const projectionCommands = [ProjectionsStatus, RebuildProjections, GoBackProjections] as const
