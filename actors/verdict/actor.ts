/** The verdict actor: what a chat is told about the links it posts, and what the chat wants to be told. */
import { processManager } from "../../infra/actor/process-manager.ts"
import { answers, answersWith } from "./commands.ts"
import { evolve, listens } from "./evolve.ts"
import { perform, publishes } from "./perform.ts"

/** Work under way at once: malicious, suspicious, benign, commands. The first is never held up by the others. */
const slots = [16, 8, 8, 8]

export const verdict = processManager({
  name: "verdict",
  version: 7,
  owns: ["policy", "verdict"],
  listens,
  publishes: [...publishes, ...answersWith],
  slots,
  // What is known of a link becomes a verdict: somebody is about to follow it.
  hurries: ({ type }) => type === "scan.completed",
  evolve,
  perform,
  answers
})
