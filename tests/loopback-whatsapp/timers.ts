/** Timers of a server; closing it cancels what is still waiting. */
export interface Timers {
  readonly after: (milliseconds: number, run: () => void) => void
  readonly cancelAll: () => void
}

export const makeTimers = (): Timers => {
  const waiting = new Set<NodeJS.Timeout>()
  return {
    after: (milliseconds, run) => {
      const timer = setTimeout(() => {
        waiting.delete(timer)
        run()
      }, milliseconds)
      waiting.add(timer)
    },
    cancelAll: () => {
      for (const timer of waiting) clearTimeout(timer)
      waiting.clear()
    }
  }
}
