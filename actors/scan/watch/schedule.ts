/** When a link is looked at again that chats still hold. Pure: time comes in as input, in milliseconds. */
import type { Level } from "../../../contracts/level.ts"
import type { Again } from "../../../contracts/scan.ts"

interface Step {
  readonly again: Exclude<Again, "listed">
  readonly afterMinutes: number
}

/** Counted from the last first look: most phishing pages are reported within their first hours. */
export const steps: ReadonlyArray<Step> = [
  { again: "10m", afterMinutes: 10 },
  { again: "1h", afterMinutes: 60 },
  { again: "9h", afterMinutes: 540 },
  { again: "24h", afterMinutes: 1_440 }
]

const minuteMillis = 60_000

/** What was done of the steps of a link. */
export interface Looks {
  /** The time of the first look that they are counted from. */
  readonly from: number
  /** How many of the steps are done, or were passed over. */
  readonly done: number
}

/**
 * The index of the step that comes next, or `undefined` after the last. A link that is held to be malicious has only the
 * last one: its chats are warned, and what could be found sooner is mostly that the page was taken down.
 */
export const nextStep = ({ done }: Looks, level: Level): number | undefined => {
  if (done >= steps.length) return undefined
  return level === "malicious" ? steps.length - 1 : done
}

/** The minute, since 1970, in which the next step is due: what is due in one minute is done together. */
export const dueMinute = (looks: Looks, level: Level): number | undefined => {
  const next = nextStep(looks, level)
  return next === undefined ? undefined : Math.ceil(looks.from / minuteMillis + steps[next]!.afterMinutes)
}

/** The minute, since 1970, of a moment. */
export const minuteOf = (millis: number): number => Math.floor(millis / minuteMillis)

/** The moment at which a minute begins. */
export const beginOf = (minute: number): number => minute * minuteMillis

/** The step that is due now: of several that are overdue the last one, which stands for all of them. */
export const stepAt = (looks: Looks, level: Level, now: number): number | undefined => {
  const next = nextStep(looks, level)
  if (next === undefined) return undefined
  const reached = steps.findLastIndex(({ afterMinutes }) => looks.from + afterMinutes * minuteMillis <= now)
  return Math.max(next, reached)
}

/** How many steps are done after one, by its name. */
export const doneAfter = (again: Step["again"]): number => steps.findIndex((step) => step.again === again) + 1
