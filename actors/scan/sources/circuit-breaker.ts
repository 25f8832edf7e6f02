/** Leaving a service alone that fails again and again. Pure: time comes in as input, in milliseconds. */

export interface Circuit {
  /** Failures since the last answer. */
  readonly failures: number
  /** Until when nobody is asked; 0 while the circuit is closed. */
  readonly openUntil: number
  /** How long it was open last. */
  readonly openMillis: number
  /** Somebody is finding out whether the service is back. */
  readonly probing: boolean
}

/** After as many failures in a row a service is left alone, */
const failuresMax = 5
/** for half a minute, and twice as long each time that it is still failing then, up to ten minutes. */
const openMillisFirst = 30_000
const openMillisMax = 600_000

export const closed: Circuit = { failures: 0, openUntil: 0, openMillis: 0, probing: false }

/** Whether the service may be asked: while it is left alone nobody, then one to find out, then everybody. */
export const mayAsk = ({ openUntil, probing }: Circuit, now: number): boolean =>
  openUntil === 0 || (now >= openUntil && !probing)

/** Somebody asks. */
export const asking = (circuit: Circuit): Circuit =>
  circuit.openUntil === 0 ? circuit : { ...circuit, probing: true }

/** Nobody learnt anything: it was asked no more. */
export const gaveUp = (circuit: Circuit): Circuit => ({ ...circuit, probing: false })

export const failed = (circuit: Circuit, now: number): Circuit => {
  const failures = circuit.failures + 1
  if (failures < failuresMax && !circuit.probing) return { ...circuit, failures }
  // Of those that were under way when it opened, none opens it further.
  if (now < circuit.openUntil) return { ...circuit, failures }
  const openMillis = Math.min(Math.max(openMillisFirst, circuit.openMillis * 2), openMillisMax)
  return { failures, openUntil: now + openMillis, openMillis, probing: false }
}

/** Opens it at once for as long as it gets: what is wrong does not mend itself, such as a wrong key. */
export const refusedForGood = (now: number): Circuit => ({
  failures: failuresMax,
  openUntil: now + openMillisMax,
  openMillis: openMillisMax,
  probing: false
})
