/** What is asked about a link beyond this machine, and what it leads to. */
import { Effect } from "effect"
import type { FoundHop, MissingEvidence } from "../../contracts/scan.ts"
import type { Evidence } from "./evidence.ts"

/** What was learnt outside of one link. */
export interface Outlook {
  readonly evidence: ReadonlyArray<Evidence>
  readonly missing: ReadonlyArray<MissingEvidence>
  /** Where the link led, hop by hop, if it was followed. */
  readonly hops?: ReadonlyArray<FoundHop>
  /** The URL that it ends at, where that is another one. */
  readonly end?: string
}

/** What one who is asked says of a link from memory, or from a list of its own on this machine. */
export interface Known {
  readonly source: string
  readonly evidence: ReadonlyArray<Evidence>
}

/** Everything outside that a scanner may ask. */
export interface Outside {
  /** The names of what is asked of every link, such as `redirects`. */
  readonly asks: ReadonlyArray<string>
  /** What is never asked, and why: that is missing evidence, and no clean answer. */
  readonly unasked: ReadonlyArray<MissingEvidence>
  /** What those who are asked say of a link already, without being asked; the others are not among them. */
  readonly known?: (url: string, now: number) => ReadonlyArray<Known>
  /**
   * Asks all of it, side by side. What does not answer is missing in what comes back. What speaks against the link is
   * `heard` at once, so that nobody who answers slowly holds up a warning. Who asks `sparingly` leaves a part of every
   * quota to those who do not. Who waits no longer than a chat does is told what is known `soFar` when that time is up.
   */
  readonly look: <E>(
    url: string,
    heard: (evidence: ReadonlyArray<Evidence>) => Effect.Effect<void, E>,
    asking?: "sparingly",
    soFar?: (outlook: Outlook) => Effect.Effect<void, E>
  ) => Effect.Effect<Outlook, E>
}

export const noReputation: MissingEvidence = {
  source: "reputation",
  reason: "no reputation service is configured"
}

/** A scanner that asks nobody. */
export const nothingOutside: Outside = {
  asks: [],
  unasked: [noReputation],
  look: () => Effect.succeed({ evidence: [], missing: [] })
}
