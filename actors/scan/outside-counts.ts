/** What is counted while the outside is asked: said where it happens, counted where the metrics of the process are. */
import type { Trail } from "../../infra/guarded-client/follow.ts"
import { metrics } from "../../infra/telemetry/metrics.ts"

export type OutsideCount =
  | { readonly count: "followed"; readonly end: Trail["end"]["kind"] }
  | {
      readonly count: "asked"
      readonly source: string
      readonly outcome: "missing" | "listed" | "clean"
      readonly seconds: number
    }
  | { readonly count: "circuit"; readonly source: string; readonly isOpen: boolean }

export const countOutside = (it: OutsideCount): void => {
  if (it.count === "followed") metrics.expanded.inc({ end: it.end })
  else if (it.count === "circuit") metrics.sourceCircuit.set({ source: it.source }, it.isOpen ? 1 : 0)
  else metrics.sourceSeconds.observe({ source: it.source, outcome: it.outcome }, it.seconds)
}
