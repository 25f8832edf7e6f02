/** The server's own clock: real time plus an offset that a test moves. Milliseconds since the epoch. */
export interface Clock {
  readonly now: () => number
  /** Whole seconds, as stanzas carry them. */
  readonly seconds: () => string
  readonly advance: (milliseconds: number) => void
  readonly set: (time: number | Date) => void
}

export const makeClock = (realNow: () => number = Date.now): Clock => {
  let offset = 0
  const now = (): number => realNow() + offset
  return {
    now,
    seconds: () => String(Math.floor(now() / 1000)),
    advance: (milliseconds) => {
      offset += milliseconds
    },
    set: (time) => {
      offset = Number(time) - realNow()
    }
  }
}
