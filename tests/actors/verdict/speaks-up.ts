/** What a silent chat must not hear: anything new, and anything worse than what stands there. */
import type { AnyFact, AnyRecorded } from "../../../contracts/catalogue.ts"
import { compareLevels } from "../../../contracts/level.ts"

/** Whether a fact speaks up in its chat. What calms, or takes back what was said, does not. */
export const speaksUp = (event: AnyFact | AnyRecorded): boolean => {
  switch (event.type) {
    case "verdict.decided":
    case "verdict.summarised":
      return event.data.notice !== undefined
    case "verdict.revised":
      return event.data.notice !== undefined && compareLevels(event.data.to, event.data.from) >= 0
    default:
      return false
  }
}

/** Whether a fact rings phones, too: a reaction that takes the place of another one does not. */
export const ringsPhones = (event: AnyFact | AnyRecorded): boolean =>
  speaksUp(event) &&
  !(
    event.type === "verdict.revised" &&
    event.data.notice?.kind === "reaction" &&
    event.data.notice.target !== undefined
  )
