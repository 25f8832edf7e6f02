import type { Node } from "./protocol/nodes.ts"
import type { LoginFailure } from "./refusals.ts"

/** What happens to a stanza that a fault is for. */
export type Effect =
  /** The connection ends before the server has looked at the stanza (or before the stanza is written). */
  | "drop"
  /** The server acts on the stanza, says nothing more, and ends the connection. */
  | "handle, then drop"
  /** The stanza has no effect, the connection stays. */
  | "ignore"
  /** The stanza is written twice; only for stanzas to the client. */
  | "twice"

export interface Fault {
  readonly direction: "in" | "out"
  readonly when: (stanza: Node) => boolean
  readonly effect: Effect
  /** How many stanzas it is for. */
  times: number
}

/** What goes wrong, on demand. */
export interface Faults {
  readonly add: (
    direction: "in" | "out",
    when: (stanza: Node) => boolean,
    effect: Effect,
    times?: number
  ) => void
  /** The effect for this stanza, which counts as one of its times. */
  readonly take: (direction: "in" | "out", stanza: Node) => Effect | undefined
  /** Error codes for the acks of the next messages, in order; an empty string is an ack without error. */
  readonly ackErrors: string[]
  /** Why the next logins are refused, in order. */
  readonly loginFailures: (LoginFailure | number)[]
  /** Acks of messages wait here while they are held. */
  readonly acks: { isHeld: boolean; delayMilliseconds: number; readonly held: (() => void)[] }
  readonly clear: () => void
}

export const makeFaults = (): Faults => {
  const faults: Fault[] = []
  const ackErrors: string[] = []
  const loginFailures: (LoginFailure | number)[] = []
  const acks = { isHeld: false, delayMilliseconds: 0, held: [] as (() => void)[] }
  return {
    ackErrors,
    loginFailures,
    acks,
    add: (direction, when, effect, times = 1) => {
      faults.push({ direction, when, effect, times })
    },
    take: (direction, stanza) => {
      const fault = faults.find((each) => each.times > 0 && each.direction === direction && each.when(stanza))
      if (fault === undefined) return undefined
      fault.times -= 1
      return fault.effect
    },
    clear: () => {
      faults.splice(0)
      ackErrors.splice(0)
      loginFailures.splice(0)
      acks.isHeld = false
      acks.delayMilliseconds = 0
    }
  }
}
