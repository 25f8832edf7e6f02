/** The admin actor: forgetting people, and a person's decisions about what is parked. */
import { processManager } from "../../infra/actor/process-manager.ts"
import { answers, publishes } from "./commands.ts"
import { perform } from "./erase.ts"
import { accountFacts, evolve, listens } from "./state.ts"

/** Erasures share one lane, so that one slot is all they can use. */
const slots = [1]

export const admin = processManager({
  name: "admin",
  version: 1,
  owns: ["erasure", "account"],
  listens,
  // Facts about accounts are appended by `tell-deeds.ts`: keys are made where this actor may not be running.
  publishes: [...publishes, ...accountFacts],
  slots,
  evolve,
  perform,
  answers
})
