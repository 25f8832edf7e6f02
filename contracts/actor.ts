/** Inputs that an actor could not handle. Written by the runtime of the actor concerned. */
import { Schema } from "effect"
import { event } from "./event.ts"
import { By } from "./policy.ts"

const ActorName = Schema.String.pipe(Schema.check(Schema.isPattern(/^[a-z-]+$/u)))

export const ActorParked = event("actor.parked", {
  about: "An actor set an input aside; nothing more of its boundary is handled until a person decides.",
  data: {
    actor: ActorName,
    sequence: Schema.Int,
    event: Schema.String,
    boundary: Schema.String,
    reason: Schema.String,
    attempts: Schema.Int
  },
  example: {
    actor: "scan",
    sequence: 17,
    event: "message.received",
    boundary: "c0example0",
    reason: "expected a URL, found an empty string",
    attempts: 5
  }
})

export const ActorUnparked = event("actor.unparked", {
  about: "A person decided about a parked input: handle it again, or pass over it.",
  data: { actor: ActorName, sequence: Schema.Int, decision: Schema.Literals(["retry", "drop"]), by: By },
  example: { actor: "scan", sequence: 17, decision: "retry", by: "operator" }
})
