/** Lists of dangerous links that are kept on this machine. */
import type { MissingEvidence } from "../../contracts/scan.ts"
import type { Evidence } from "./evidence.ts"

export interface Lists {
  /** What they say of a canonical URL, in microseconds. */
  readonly lookUp: (canonicalUrl: string) => ReadonlyArray<Evidence>
  /** Which of them could say nothing, and why. */
  readonly missing: () => ReadonlyArray<MissingEvidence>
}

export const noLists: Lists = { lookUp: () => [], missing: () => [] }
