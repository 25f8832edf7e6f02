/** The connection to WhatsApp in words: for `/readyz`, `wadjet doctor` and who reads them. Pure. */
import type { CloseCause, DegradedReason, RefusedReason, SessionState } from "../../contracts/session.ts"

/** An outage that is longer is not one of those that mend themselves. */
const outageMillisMax = 5 * 60_000

const refusals: Readonly<Record<RefusedReason, string>> = {
  banned: "WhatsApp does not let this account in: it is banned, or its phone is logged out",
  suspended: "WhatsApp banned this account for a time",
  outdated: "WhatsApp does not take this version any more: update Wadjet",
  "client-refused": "WhatsApp does not take this client",
  "multi-device": "this account has no linked devices: turn them on in WhatsApp on the phone"
}

const ailments: Readonly<Record<DegradedReason, string>> = {
  deaf: "open, after a connection that delivered nothing",
  undecryptable: "open, but many messages do not open",
  unacknowledged: "open, but WhatsApp does not say that it takes what is sent",
  "reach-out-limited": "open, but people who never wrote may not be written to"
}

const causes: Readonly<Record<CloseCause, string>> = {
  transient: "closed, and tried again",
  "restart-required": "closed, and tried again",
  "rate-limited": "closed: WhatsApp wants fewer connections",
  replaced: "closed: another client uses the same credentials; `wadjet link` links this one anew"
}

const time = (millis: number) => new Date(millis).toISOString()

export const sessionWords = (state: SessionState): string => {
  switch (state.state) {
    case "unlinked":
      return "no number is linked"
    case "linking":
      return "a number is being linked"
    case "connecting":
      return `connecting since ${time(state.since)}`
    case "open":
      return `open since ${time(state.since)}`
    case "degraded":
      return state.until === undefined
        ? ailments[state.reason]
        : `${ailments[state.reason]}, until ${time(state.until)}`
    case "closed":
      return `${causes[state.cause]} (code ${state.code})${state.retryAt === undefined ? "" : `, next at ${time(state.retryAt)}`}`
    case "logged-out":
      return `logged out by WhatsApp (code ${state.code}): link the number again`
    case "refused":
      return `${refusals[state.reason]} (code ${state.code})${state.until === undefined ? "" : `, until ${time(state.until)}`}`
  }
}

/** Whether messages come in, or nobody wants them to. */
export const sessionWorks = (state: SessionState, now: number): boolean => {
  switch (state.state) {
    case "unlinked":
    case "linking":
    case "open":
    case "degraded":
      return true
    case "connecting":
      return now - state.since < outageMillisMax
    case "closed":
      return state.cause === "transient" && now - state.since < outageMillisMax
    case "logged-out":
    case "refused":
      return false
  }
}
