/** What was dealt with of a job: folded from its facts, said by who writes them. */
import type { Timing } from "../../contracts/schedule.ts"
import type { Job, Millis } from "./model.ts"
import { clockText, localOfPlanned } from "./times.ts"
import type { Zones } from "./zone-data.ts"

interface Said {
  readonly dealtWith?: string
}

/** What a fact says to be dealt with, and the instant of it; nothing where it says nothing about that. */
export const dealing = (
  { dealtWith: local, zones }: { readonly dealtWith?: string; readonly zones: string },
  at: Millis
): Pick<Job, "dealtWith"> => (local === undefined ? {} : { dealtWith: { local, at, zones } })

/** What a fact says that somebody had left out. What the one before it displaced is past, and stays so by itself. */
export const leavingOut = ({
  dealtWith: local,
  planned,
  reason,
  zones
}: {
  readonly dealtWith?: string
  readonly planned: Millis
  readonly reason: "requested" | "overlap"
  readonly zones: string
}): Pick<Job, "skipped"> =>
  reason === "overlap" ? {} : { skipped: { at: planned, zones, ...(local === undefined ? {} : { local }) } }

const said = (local: string | undefined): Said => (local === undefined ? {} : { dealtWith: local })

/** In a fact about an occurrence: the local time that it is. */
export const sayOccurrence = (timing: Timing, planned: Millis, zones: Zones): Said =>
  said(localOfPlanned(timing, planned, zones))

/** In a fact that begins anew: what the clocks showed just before. */
export const sayNow = (timing: Timing, now: Millis, zones: Zones): Said =>
  said(clockText(timing, now - 1, zones))
