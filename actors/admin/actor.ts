/** The admin actor: forgetting people, and a person's decisions about what is parked. */
import { KeyIssued, KeyRevoked } from "../../contracts/account.ts"
import { processManager } from "../../infra/actor/process-manager.ts"
import { answers, publishes } from "./commands.ts"
import { perform } from "./erase.ts"
import { evolve, listens } from "./state.ts"

/** Erasures share one lane, so that one slot is all they can use. */
const slots = [1]

export const admin = processManager({
  name: "admin",
  version: 1,
  owns: ["erasure", "account"],
  listens,
  // Key facts are appended by `key-facts.ts`: keys are made where this actor may not be running.
  publishes: [...publishes, KeyIssued, KeyRevoked],
  slots,
  evolve,
  perform,
  answers
})
