/** What processes hold in memory, as Linux counts it. */
import { readFileSync } from "node:fs"
import { Effect, Fiber, Schedule } from "effect"

/** In megabytes of 2^20 bytes; see proc(5), `status` and `smaps_rollup`. */
export interface Memory {
  /** RSS: everything that is in memory now. */
  readonly resident: number
  /** What no file backs: heaps, stacks, buffers. */
  readonly own: number
  /** Pages of programs, libraries and databases, which other processes may share. */
  readonly files: number
  /** PSS: as `resident`, but a page that several processes share counts in parts. */
  readonly proportional: number
}

const field = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]) / 1_024

export const memoryOf = (pid: number): Memory => {
  const status = readFileSync(`/proc/${pid}/status`, "utf8")
  return {
    resident: field(status, "VmRSS"),
    own: field(status, "RssAnon"),
    files: field(status, "RssFile"),
    proportional: field(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"), "Pss")
  }
}

export const sum = (parts: ReadonlyArray<Memory>): Memory => {
  const total = (of: (part: Memory) => number) => parts.reduce((before, part) => before + of(part), 0)
  return {
    resident: total((part) => part.resident),
    own: total((part) => part.own),
    files: total((part) => part.files),
    proportional: total((part) => part.proportional)
  }
}

const lookEveryMillis = 500

/** The largest that some processes are together while something runs, by what is resident. */
export const mostWhile = Effect.fnUntraced(function* <A, E, R>(
  pids: ReadonlyArray<number>,
  effect: Effect.Effect<A, E, R>
) {
  const look = () => pids.map(memoryOf)
  let most = look()
  const looking = yield* Effect.forkChild(
    Effect.repeat(
      Effect.sync(() => {
        const now = look()
        if (sum(now).resident > sum(most).resident) most = now
      }),
      Schedule.spaced(lookEveryMillis)
    )
  )
  const result = yield* effect
  yield* Fiber.interrupt(looking)
  return { result, most }
})
