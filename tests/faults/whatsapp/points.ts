/**
 * The instants at which a process that speaks with WhatsApp dies by itself. What the other side does at them is
 * in `lives.ts`.
 */
import { writeSync } from "node:fs"

/** From the socket into the log. */
export const incomingPoints = {
  /** In one transaction: the ratchet has moved on, and what it opened is not written yet. */
  "between-ratchet-and-journal": "mid-transaction",
  /** Ratchet and journal are committed, and WhatsApp has heard nothing. */
  journalled: "committed",
  /** What followed the journal was written to the socket: the receipt, mostly. */
  receipted: "socket",
  /** What is in the journal is about to be sent to the log. */
  "before-log": "log",
  /** It is in the log, and nobody has heard of that. */
  logged: "log",
  /** It is in the log, and about to be deleted from the journal. */
  "before-journal-empties": "mid-transaction"
} as const

/** From the log onto the socket. */
export const outgoingPoints = {
  /** The claim is in the log, and nothing was written to the socket. */
  claimed: "log",
  /** It was written to the socket, and the ratchet that it was encrypted with is not committed. */
  "between-write-and-ratchet": "mid-transaction",
  /** It was written to the socket, and its ratchet is committed. */
  "sent-ratchet": "committed",
  /** WhatsApp has it, and its answer did not come in time. */
  unanswered: "gateway",
  /** WhatsApp's answer is here, and no outcome in the log. */
  answered: "log",
  /** The outcome is in the log, and nobody has heard of that. */
  "outcome-logged": "log"
} as const

/** What a job passes on its way into the log and out of it, beside what its messages pass. */
export const schedulePoints = {
  /** Occurrences have fired, and their first messages are queued; nobody has folded it. */
  fired: "log",
  /** A job is called off, and none of its messages is. */
  "called-off": "log",
  /** Messages are called off, and whoever asked has not been told. */
  "call-off-told": "log",
  /** Any facts are about to be sent to the server. */
  "before-append": "log",
  /** The server has stored any facts, and the caller has not heard of it. */
  "append-ack": "log"
} as const

export type Point = keyof typeof incomingPoints | keyof typeof outgoingPoints | keyof typeof schedulePoints

const each = (points: object, times: number): Partial<Record<Point, number>> =>
  Object.fromEntries(Object.keys(points).map((point) => [point, times]))

/** Each point of one direction, so many times. */
export const everyIncoming = (times: number) => each(incomingPoints, times)
export const everyOutgoing = (times: number) => each(outgoingPoints, times)

export interface Death {
  readonly point: Point
  /** At which passing of the point: 1 is the first. */
  readonly passing: number
  /** Falls asleep there instead, until somebody wakes it. */
  readonly pauses?: true
}

export interface Trap {
  /** Dies here, if this is the point and the time has come. */
  readonly pass: (point: Point) => void
}

/** Says where it dies, or falls asleep, and does so, without a moment in which anything else could run. */
export const makeTrap = (death: Death | undefined): Trap => {
  let left = death?.passing ?? Infinity
  return {
    pass: (point) => {
      if (point !== death?.point) return
      left -= 1
      if (left > 0) return
      left = Infinity
      writeSync(1, `${JSON.stringify({ said: "dying", point })}\n`)
      process.kill(process.pid, death.pauses === true ? "SIGSTOP" : "SIGKILL")
    }
  }
}
