/** What it means that WhatsApp's server refuses a message of ours, by the error in its acknowledgement. */
import { TransmitFailed } from "../gateway.ts"

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** A first message to somebody, from an account that may not write to new people. */
export const reachOutLimited = "463"

/** How often a message is written that the server finds at fault without saying for how long. */
const doubtfulAttemptsMax = 5

interface Refusal {
  readonly means: string
  /** How long to wait before it is written again, in milliseconds; absent where that would not help. */
  readonly waitMillis?: number
  readonly attemptsMax?: number
  /** The other side may write first, and then it is no new one any more. */
  readonly mayOpen?: true
}

/** Codes as clients in the field have met them. */
const refusals: Readonly<Record<string, Refusal>> = {
  "400": { means: "it is malformed, or too late for an edit or a deletion" },
  "401": { means: "this account may not write there" },
  "403": { means: "this account is not in the group, or may not write in it" },
  "404": { means: "nobody has this address" },
  "405": { means: "this cannot be sent there" },
  "406": { means: "it is not acceptable" },
  "408": { means: "the server took too long", waitMillis: 10 * second },
  "410": { means: "the chat is gone" },
  "413": { means: "it is too large" },
  "421": { means: "the group's way of naming its members has changed", waitMillis: 2 * second },
  "429": { means: "too much was sent", waitMillis: 10 * minute },
  // Each attempt counts as one more, and makes the limit last longer.
  [reachOutLimited]: {
    means: "this account may not write to new people for a while",
    waitMillis: hour,
    mayOpen: true
  },
  "479": {
    means: "it is malformed, most likely by an outdated list of devices",
    waitMillis: 10 * second,
    attemptsMax: doubtfulAttemptsMax
  },
  "500": { means: "the server failed", waitMillis: 30 * second },
  "502": { means: "the server failed", waitMillis: 30 * second },
  "503": { means: "the server is not available", waitMillis: 30 * second },
  "504": { means: "the server took too long", waitMillis: 30 * second }
}

const unknown: Refusal = {
  means: "a reason that this version does not know",
  waitMillis: minute,
  attemptsMax: doubtfulAttemptsMax
}

/** The failure that an error code stands for. */
export const refusalOf = (code: string): TransmitFailed => {
  const { attemptsMax, mayOpen, means, waitMillis } = refusals[code] ?? unknown
  return new TransmitFailed({
    gateway: "whatsapp",
    final: waitMillis === undefined,
    message: `WhatsApp refused the message with ${code}: ${means}`,
    ...(waitMillis === undefined ? {} : { waitMillis }),
    ...(mayOpen === undefined ? {} : { mayOpen }),
    ...(attemptsMax === undefined ? {} : { attemptsMax })
  })
}
