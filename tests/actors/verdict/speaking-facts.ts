/** Verdicts that speak in a chat, as facts of their own. */
import { OutboxId } from "../../../contracts/ids.ts"
import type { Level } from "../../../contracts/level.ts"
import { VerdictDecided, VerdictRevised, VerdictSummarised } from "../../../contracts/verdict.ts"
import { bad, here, link, message, sender } from "./story.ts"

export const about = { chat: here, message: message("m"), link: link(bad), sender }
export const basis = { scan: 1, policy: 0 }
const outbox = (number: number) => OutboxId.make(String(number).padStart(40, "0"))
const common = { gateway: "sandbox", priority: "warning", standalone: true } as const
const body = { text: "" }

export const decided = VerdictDecided({
  ...about,
  level: "malicious",
  action: "reply",
  notice: { ...common, outbox: outbox(1), kind: "text" },
  basis,
  body
})

export const revised = (from: Level, to: Level, kind: "reaction" | "correction") =>
  VerdictRevised({
    ...about,
    from,
    to,
    action: "short",
    notice: { ...common, outbox: outbox(2), kind, target: outbox(1) },
    basis,
    body
  })

export const summarised = VerdictSummarised({
  chat: here,
  malicious: 1,
  suspicious: 0,
  notice: { ...common, outbox: outbox(3), kind: "text" },
  body
})
