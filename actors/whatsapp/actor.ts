/** The WhatsApp actor: what comes in from chats, and what goes out to them. */
import { processManager } from "../../infra/actor/process-manager.ts"
import { answers, answersWith } from "./commands.ts"
import { makeDeliver, publishes } from "./deliver.ts"
import { evolve, listens } from "./evolve.ts"
import { makePacer, type PacingLimits } from "./pacing.ts"

/** Deliveries under way at once: warnings, notices, what merely waits. */
const slots = [16, 8, 4]

export const makeWhatsApp = (pacing: PacingLimits) =>
  processManager({
    name: "whatsapp",
    version: 2,
    owns: ["message", "outbox"],
    listens,
    publishes: [...publishes, ...answersWith],
    slots,
    evolve,
    perform: makeDeliver(makePacer(pacing)),
    answers
  })
