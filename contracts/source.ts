/** Services that are asked about links. Written by `scan`, one boundary per service. */
import { Schema } from "effect"
import { event } from "./event.ts"
import { SourceName } from "./feed.ts"
import { EpochMillis } from "./ids.ts"

/**
 * - `answering`: it says something, if only that it knows nothing.
 * - `left-alone`: it failed again and again, and is asked again later.
 * - `quota-used-up`: it was asked as often as it allows.
 * - `key-refused`: it does not accept the key.
 */
export const SourceState = Schema.Literals(["answering", "left-alone", "quota-used-up", "key-refused"])
export type SourceState = typeof SourceState.Type

export const SourceChanged = event("source.changed", {
  about: "A service answers, or no longer does. What it does not say is missing evidence meanwhile.",
  data: {
    source: SourceName,
    state: SourceState,
    at: EpochMillis,
    reason: Schema.optionalKey(Schema.String),
    /** When it is asked again. */
    until: Schema.optionalKey(EpochMillis)
  },
  example: {
    source: "virustotal",
    state: "quota-used-up",
    at: 1_767_225_600_000,
    reason: "its quota is used up until 2026-01-02 00:00 UTC",
    until: 1_767_312_000_000
  }
})
