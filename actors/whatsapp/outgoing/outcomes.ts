/**
 * What is known of messages of ours that were written, or may have been: the memory behind the question whether
 * WhatsApp has one. It is lost with the process; then receipts, and time, tell.
 */

/** How long after writing, or after a connection has caught up, the silence about a message says that it was lost. */
export const settleMillis = 10_000
/** A server that never says that it handed everything over is taken to have done so by then. */
const caughtUpMillis = 60_000
/** A write that has come to no end by then is taken to have come to one. */
const leavingMillisMax = 120_000
/** Messages that are remembered; the ones that were heard of longest ago are forgotten. */
const rememberedMax = 20_000

type Outcome =
  /** It is being written at this moment. */
  | { readonly is: "leaving"; readonly at: number }
  | { readonly is: "written"; readonly at: number }
  /** It was not written, or was refused: the other side does not have it. */
  | { readonly is: "missing" }
  | { readonly is: "taken" }

/** The open connection: since when, and when everything that had waited was handed over. */
export interface Line {
  readonly openedAt: number
  readonly replayedAt: number | undefined
}

export interface Outcomes {
  readonly note: (whatsApp: string, outcome: Outcome) => void
  /** Whether a message was written, or begun to be, by this process. */
  readonly isKnown: (whatsApp: string) => boolean
  /** Receipts and acknowledgements prove for ever that a message was taken. */
  readonly isTaken: (whatsApp: string) => boolean
  /** Whether the other side has a message; `line` is absent while there is no connection. */
  readonly has: (whatsApp: string, line: Line | undefined, now: number) => "yes" | "no" | "unknown"
}

const heardSince = ({ openedAt, replayedAt }: Line): number => replayedAt ?? openedAt + caughtUpMillis

/** The last moment at which it may have been written; 0 where only an earlier process can have. */
const writtenBy = (outcome: (Outcome & { is: "leaving" | "written" }) | undefined): number => {
  if (outcome === undefined) return 0
  return outcome.is === "written" ? outcome.at : outcome.at + leavingMillisMax
}

export const makeOutcomes = (): Outcomes => {
  const outcomes = new Map<string, Outcome>()

  const note = (whatsApp: string, outcome: Outcome) => {
    if (outcomes.get(whatsApp)?.is === "taken") return
    outcomes.delete(whatsApp)
    outcomes.set(whatsApp, outcome)
    if (outcomes.size > rememberedMax) outcomes.delete(outcomes.keys().next().value!)
  }

  return {
    note,
    isKnown: (whatsApp) => outcomes.has(whatsApp),
    isTaken: (whatsApp) => outcomes.get(whatsApp)?.is === "taken",
    has: (whatsApp, line, now) => {
      const outcome = outcomes.get(whatsApp)
      if (outcome?.is === "taken") return "yes"
      if (outcome?.is === "missing") return "no"
      if (line === undefined) return "unknown"
      const since = Math.max(writtenBy(outcome), heardSince(line))
      return now - since >= settleMillis ? "no" : "unknown"
    }
  }
}
