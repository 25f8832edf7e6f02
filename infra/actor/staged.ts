/** What a fold changes again and again, kept until its end, so that it is written once. */
import type { Work } from "./state.ts"

interface Change {
  /** Whether what was open before the fold was closed. */
  readonly closed: boolean
  /** What is open in the end. */
  readonly work?: Work
}

export interface StagedWork {
  readonly open: (work: Work) => void
  readonly close: (key: string) => void
  /** What comes of it all, in the order in which the work that is open in the end was opened. */
  readonly changes: () => Iterable<readonly [key: string, change: Change]>
  readonly clear: () => void
}

export const stageWork = (): StagedWork => {
  const changes = new Map<string, Change>()
  return {
    // Opened again while it is open, it keeps its place; after it was closed, it goes behind all others.
    open: (work) => {
      const before = changes.get(work.key)
      if (before !== undefined && before.work === undefined) changes.delete(work.key)
      changes.set(work.key, { closed: before?.closed === true, work })
    },
    close: (key) => void changes.set(key, { closed: true }),
    changes: () => changes,
    clear: () => changes.clear()
  }
}
