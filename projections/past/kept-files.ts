/** Files of read models of the past that are kept for whoever asks again: few of them, and for a while. */
import { rmSync } from "node:fs"
import type { Queries } from "../reader.ts"

/** Files that are kept, and what they may take of the disk together: the one that was asked longest ago goes first. */
export const keptFilesMax = 4
const keptBytesMax = 4 * 1024 ** 3
/** How long a file is kept that nobody asks. */
const keptMinutes = 15
/** Whoever was given the queries of a file that goes has asked them by then. */
const closingSeconds = 5

export interface KeptFile {
  readonly sequence: number
  readonly time: number
  readonly file: string
  readonly bytes: number
  readonly queries: Queries
  readonly close: () => void
}

interface Entry extends KeptFile {
  usedAt: number
}

/** Times are milliseconds since the epoch. */
export const keptFiles = () => {
  const entries = new Map<number, Entry>()
  const leaving: Array<{ readonly close: () => void; readonly since: number }> = []

  /** Its name goes at once; what has it open may read on for a moment. */
  const drop = (entry: Entry, now: number) => {
    entries.delete(entry.sequence)
    rmSync(entry.file, { force: true })
    leaving.push({ close: entry.close, since: now })
  }
  const bytes = () => [...entries.values()].reduce((sum, entry) => sum + entry.bytes, 0)
  const isTooMuch = () => entries.size > keptFilesMax || (entries.size > 1 && bytes() > keptBytesMax)
  const oldest = () => [...entries.values()].reduce((one, it) => (it.usedAt < one.usedAt ? it : one))

  return {
    get: (sequence: number, now: number): KeptFile | undefined => {
      const entry = entries.get(sequence)
      if (entry !== undefined) entry.usedAt = now
      return entry
    },
    put: (file: KeptFile, now: number): void => {
      entries.set(file.sequence, { ...file, usedAt: now })
      while (isTooMuch()) drop(oldest(), now)
    },
    paths: (): ReadonlyArray<string> => [...entries.values()].map(({ file }) => file),
    clear: (now: number): void => {
      for (const entry of entries.values()) drop(entry, now)
    },
    /** Drops what nobody asks any more, and closes what was dropped a moment ago. */
    tidy: (now: number): void => {
      for (const entry of entries.values()) if (now - entry.usedAt > keptMinutes * 60_000) drop(entry, now)
      while (leaving.length > 0 && now - leaving[0]!.since >= closingSeconds * 1_000) leaving.shift()!.close()
    },
    isEmpty: () => entries.size === 0 && leaving.length === 0
  }
}
