/** What the session's machine is made of: its state, what comes in, what is to be done. */
import type { Fact } from "../../../contracts/event.ts"
import type { DegradedReason, LinkMethod, LiveSession, SessionState } from "../../../contracts/session.ts"
import type { Disconnect } from "./disconnect.ts"
import type { sessionEvents } from "./fold.ts"
import type { Judgement } from "./health.ts"

/** A moment that does not come. */
export const never = Number.POSITIVE_INFINITY

export type SessionFact = Fact<(typeof sessionEvents)[number]>

export interface Linking {
  readonly method: LinkMethod
  readonly phone: string | undefined
  /** When nobody is waited for any more. */
  readonly deadline: number
  /** QR codes shown on this socket: the first one lives longer. */
  readonly codes: number
  /** When to connect again: the codes of the last connection are used up. */
  readonly againAt?: number
}

export interface Machine {
  readonly state: SessionState
  readonly epoch: number
  readonly linked: boolean
  readonly linking?: Linking
  /** Failed attempts in a row, and restarts that WhatsApp asked for. */
  readonly failures: number
  readonly restarts: number
  /** Attempts since it was open last. */
  readonly attempts: number
  /** When it stopped being open. */
  readonly downSince: number
  /** Whether the log says of this process that it is open, or was told that it is not. */
  readonly told: "nothing" | "open" | "down"
  /** What the open connection suffers from. */
  readonly ailments: ReadonlyMap<DegradedReason, number | undefined>
  readonly lastCode: number
}

export type Input =
  | { readonly input: "started"; readonly remembered: SessionState | undefined }
  | {
      readonly input: "link"
      readonly method: LinkMethod
      readonly phone: string | undefined
      readonly by: string
    }
  | { readonly input: "unlink" }
  | { readonly input: "reconnect" }
  | { readonly input: "qr"; readonly text: string }
  | { readonly input: "code"; readonly code: string }
  | { readonly input: "paired" }
  | { readonly input: "passkey" }
  | { readonly input: "open" }
  | { readonly input: "closed"; readonly disconnect: Disconnect }
  | { readonly input: "judged"; readonly judgement: Judgement }
  /** The next socket was handed what the one before had withheld. */
  | { readonly input: "was-deaf" }
  | { readonly input: "reach-out-limit"; readonly active: boolean; readonly until: number | undefined }
  | { readonly input: "tick" }

export type Action =
  | { readonly act: "connect" }
  | { readonly act: "disconnect" }
  | { readonly act: "request-code"; readonly phone: string }
  /** Says goodbye to WhatsApp, where a socket is open for it. */
  | { readonly act: "log-out" }
  | { readonly act: "wipe" }
  | { readonly act: "live"; readonly message: LiveSession }
  | { readonly act: "record"; readonly fact: SessionFact }

export interface At {
  readonly now: number
  /** From 0 to 1. */
  readonly random: number
}

export type Step = readonly [Machine, ReadonlyArray<Action>]

export const connect: Action = { act: "connect" }
export const disconnect: Action = { act: "disconnect" }
export const record = (fact: SessionFact): Action => ({ act: "record", fact })

export const initial = (epoch: number, linked: boolean, now: number): Machine => ({
  state: { state: "unlinked", since: now },
  epoch,
  linked,
  failures: 0,
  restarts: 0,
  attempts: 0,
  downSince: now,
  told: "nothing",
  ailments: new Map(),
  lastCode: 0
})

export const connecting = (machine: Machine, { now }: At): Step => {
  const attempts = machine.attempts + 1
  const next: Machine = {
    ...machine,
    attempts,
    state: { state: "connecting", since: now, attempt: attempts }
  }
  return [next, [connect]]
}
