/** The moments of a job, in milliseconds since the epoch, by the rules of `recurrence/` and a tz database. */
import { Result } from "effect"
import type { JobId } from "../../contracts/ids.ts"
import type { Timing } from "../../contracts/schedule.ts"
import type { PreviewedOccurrence } from "../../contracts/schedule-commands.ts"
import type { StateReader } from "../../infra/actor/state.ts"
import { type DealtWith, fired, type Millis, occurrenceKey, type Skipped } from "./model.ts"
import { localText } from "./recurrence/local-time.ts"
import { noteText } from "./recurrence/occurrence-text.ts"
import {
  meantLocal,
  type Occurrence,
  occurrencesAfter,
  occurrencesFrom,
  readSchedule,
  type Schedule
} from "./recurrence/occurrences.ts"
import { localAt } from "./recurrence/zone.ts"
import { type Zones, zonesOfNode } from "./zone-data.ts"

/** Timings that are kept as they were understood: a rule with a COUNT is counted through once. */
const keptMax = 1_000
const keptBy = new WeakMap<Zones, Map<string, Result.Result<Schedule, string>>>()

const understood = (zones: Zones, timing: Timing): Result.Result<Schedule, string> => {
  const kept = keptBy.get(zones) ?? new Map<string, Result.Result<Schedule, string>>()
  keptBy.set(zones, kept)
  const text = JSON.stringify([timing.zone, timing.start, timing.rule])
  const known = kept.get(text)
  if (known !== undefined) return known
  const [oldest] = kept.keys()
  if (kept.size >= keptMax && oldest !== undefined) kept.delete(oldest)
  const read = readSchedule(timing, zones.zoneOf)
  kept.set(text, read)
  return read
}

/** What is wrong with it, in a sentence; `undefined` where it is understood. */
export const timingProblem = (timing: Timing, zones: Zones): string | undefined => {
  const read = understood(zones, timing)
  return Result.isFailure(read) ? read.failure : undefined
}

const secondsOf = (moment: Millis) => moment / 1_000

/** What a newer version understood and this one does not has no next moment. */
export const momentsAfter = (
  timing: Timing,
  moment: Millis,
  count: number,
  zones: Zones = zonesOfNode
): ReadonlyArray<typeof PreviewedOccurrence.Type> => {
  const read = understood(zones, timing)
  if (Result.isFailure(read)) return []
  return occurrencesAfter(read.success, secondsOf(moment), count).map(({ at, local, note }) => ({
    at: at * 1_000,
    local: localText(local),
    ...(note === undefined ? {} : { note: noteText(note, timing.zone) })
  }))
}

const isSecond = ({ note }: Occurrence) => note?.kind === "second-of-two"

/**
 * Whether an occurrence is one that was dealt with, or an earlier one. An occurrence is a local time, which under other
 * zone data lies at another instant. The second of two equal local times has nothing but its instant to be known by.
 */
const isUpTo = (known: Skipped, zones: Zones, occurrence: Occurrence): boolean =>
  known.zones === zones.version || known.local === undefined || isSecond(occurrence)
    ? occurrence.at * 1_000 <= known.at
    : localText(meantLocal(occurrence)) <= known.local

/**
 * By the zone data of now a clock that was wrong and is right again may have dealt with what is still to come: that is
 * looked for from a moment on. What somebody had left out stays so.
 */
const isDealtWith = ({ dealtWith, skipped }: Timed, zones: Zones, occurrence: Occurrence): boolean =>
  (dealtWith !== undefined && dealtWith.zones !== zones.version && isUpTo(dealtWith, zones, occurrence)) ||
  (skipped !== undefined && isUpTo(skipped, zones, occurrence))

/** A job as far as its moments follow from it. */
export interface Timed {
  readonly job: JobId
  readonly timing: Timing
  readonly dealtWith?: DealtWith
  readonly skipped?: Skipped
}

export const isSameTiming = (a: Timing, b: Timing): boolean =>
  a.zone === b.zone && a.start === b.start && a.rule === b.rule

/** The moments after one at which nothing of the job has fired, and which were not dealt with otherwise. */
export function* unfired(
  state: StateReader,
  timed: Timed,
  moment: Millis,
  zones: Zones
): Generator<{ readonly at: Millis; readonly local: string | undefined }, void> {
  const { job, timing } = timed
  const read = understood(zones, timing)
  if (Result.isFailure(read)) return
  for (const occurrence of occurrencesFrom(read.success, Math.floor(secondsOf(moment)) + 1)) {
    const at = occurrence.at * 1_000
    if (at < 0 || state.get(fired, occurrenceKey(job, at)) !== undefined) continue
    if (isDealtWith(timed, zones, occurrence)) continue
    yield { at, local: isSecond(occurrence) ? undefined : localText(meantLocal(occurrence)) }
  }
}

/** The first of them, or null where there is none. */
export const nextUnfired = (state: StateReader, job: Timed, moment: Millis, zones: Zones): Millis | null => {
  const [first] = unfired(state, job, moment, zones).take(1)
  return first?.at ?? null
}

/** What clocks of the job's zone show then: nothing at or before it is still to come. */
export const clockText = ({ zone }: Timing, moment: Millis, zones: Zones): string | undefined => {
  const found = zones.zoneOf(zone)
  return found === undefined ? undefined : localText(localAt(found, Math.floor(secondsOf(moment))))
}

/** The local time that an occurrence is, by the zone data that it was planned with. */
export const localOfPlanned = (timing: Timing, planned: Millis, zones: Zones): string | undefined => {
  const read = understood(zones, timing)
  if (Result.isFailure(read)) return undefined
  const [found] = occurrencesFrom(read.success, secondsOf(planned)).take(1)
  if (found === undefined || found.at !== secondsOf(planned) || isSecond(found)) return undefined
  return localText(meantLocal(found))
}

/** No two tz databases are further apart about one local time. */
const zonesApartMillis = 48 * 3_600_000

/** When a job happens next by these zones, of which it was not planned with. */
export const replannedNext = (
  state: StateReader,
  job: Timed & { readonly next: Millis },
  zones: Zones
): Millis | null => {
  const { dealtWith, next } = job
  const from = dealtWith === undefined ? next - 1 : Math.min(dealtWith.at, next) - zonesApartMillis
  return nextUnfired(state, job, from, zones)
}
