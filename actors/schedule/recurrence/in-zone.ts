import type { LocalSeconds } from "./local-time.ts"
import { type InstantSeconds, readingOf, type Zone } from "./zone.ts"

/**
 * What there is to say about an occurrence: its time did not exist on its day and it was moved on by so much; or
 * its time came twice, and this is the first or the second.
 */
export type Note =
  | { readonly kind: "moved"; readonly from: LocalSeconds; readonly bySeconds: number }
  | { readonly kind: "first-of-two" }
  | { readonly kind: "second-of-two" }

/** One firing of a schedule. */
export interface Occurrence {
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly at: InstantSeconds
  /** What the zone's clocks show then. */
  readonly local: LocalSeconds
  readonly note?: Note
}

/** The local time that the rule asked for, whether it existed or not. */
export const meantLocal = ({ local, note }: Occurrence): LocalSeconds =>
  note?.kind === "moved" ? note.from : local

/**
 * The occurrences of local times, which ascend: in the order of their instants, each instant once. A time that does
 * not exist is moved on by the gap, and may come to lie behind later ones or upon one; then that one stands. A time
 * that comes twice is an occurrence at its first, or, with `isEveryHour`, at both: what runs in every hour of the
 * clock runs in that one too.
 */
export function* inZone(
  locals: Iterable<LocalSeconds>,
  zone: Zone,
  isEveryHour: boolean
): Generator<Occurrence, void> {
  // Those that later local times may still come before: no more than a gap or a repeated stretch holds.
  let waiting: Array<Occurrence> = []
  for (const local of locals) {
    const reading = readingOf(zone, local)
    if (reading.kind === "never") {
      const { at, movedSeconds: bySeconds } = reading
      waiting.push({ at, local: local + bySeconds, note: { kind: "moved", from: local, bySeconds } })
      continue
    }
    if (waiting.length > 0) {
      const isBefore = ({ at }: Occurrence) => at < reading.at
      yield* waiting.filter(isBefore)
      waiting = waiting.filter(({ at }) => at > reading.at)
    }
    if (reading.kind === "once") yield { at: reading.at, local }
    else {
      yield { at: reading.at, local, note: { kind: "first-of-two" } }
      if (isEveryHour) waiting.push({ at: reading.second, local, note: { kind: "second-of-two" } })
    }
  }
  yield* waiting
}
