/** Reading the log as it is, over holes in it, each of which is named. */
import { Effect, type Scope } from "effect"
import type { LogUnavailable } from "../../../infra/event-log/event-log.ts"
import type { RawLogService, RawMessage, RawReader } from "../../../infra/event-log/raw-log.ts"

export interface Hole {
  readonly from: number
  readonly to: number
  /** The file of the archive that they are missing in, where they are in one. */
  readonly file?: string | undefined
}

export interface WholeReader {
  /**
   * The events from one to another, as many of them as there are. Reading begins with the first range that is asked
   * for; ranges are asked for in order, and only up to what the log had when reading began.
   */
  readonly take: (
    first: number,
    last: number
  ) => Effect.Effect<ReadonlyArray<RawMessage>, LogUnavailable, Scope.Scope>
  readonly holes: () => ReadonlyArray<Hole>
}

/** Reads until the scope closes. */
export const readWhole = (raw: RawLogService, end: number): WholeReader => {
  const holes: Array<Hole> = []
  let reader: RawReader | undefined
  let waiting: ReadonlyArray<RawMessage> = []
  /** The last event that was read, or is known not to be there. */
  let readTo = -1

  const more = Effect.gen(function* () {
    reader ??= yield* raw.readFrom(readTo + 1)
    const next = yield* Effect.result(reader.next)
    if (next._tag === "Success") {
      waiting = [...waiting, ...next.success]
      readTo += next.success.length
      return
    }
    if (next.failure._tag !== "DamagedLog") return yield* next.failure
    const to = Math.min(next.failure.found - 1, end)
    holes.push({ from: next.failure.expected, to, file: next.failure.file })
    readTo = next.failure.found - 1
    reader = undefined
  })

  return {
    take: Effect.fnUntraced(function* (first, last) {
      if (readTo === -1) readTo = first - 1
      while (readTo < Math.min(last, end)) yield* more
      const found = waiting.filter(({ sequence }) => sequence >= first && sequence <= last)
      waiting = waiting.filter(({ sequence }) => sequence > last)
      return found
    }),
    holes: () => holes
  }
}
