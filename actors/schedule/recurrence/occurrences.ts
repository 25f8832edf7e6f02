/**
 * When a schedule happens: the public face of this folder. Everything is pure; the only thing read from outside is
 * the tz database that Node brings (`process.versions.tz` is its version: when it changes, plans are made again).
 *
 * - `readSchedule({ start, zone, rule })` (schedule.ts) understands an RRULE, calendar lines, a cron expression or a
 *   single local time, once, or says what is wrong. `doubts` of what it gives are for whoever wrote it.
 * - `occurrencesAfter(schedule, instant, count)` gives the next ones, strictly after an instant, in microseconds for
 *   rules without a COUNT however long ago they began. Nothing behind it means that the schedule has ended.
 * - `occurrencesFrom(schedule, instant)` gives all of them, lazily.
 * - `noteText(note, zone)` (occurrence-text.ts) says what is odd about an occurrence; `utcText(at)` and
 *   `localText(local)` (local-time.ts) write its times.
 *
 * Instants are seconds since 1970-01-01T00:00:00Z: every occurrence lies on a second.
 */
import { inZone, meantLocal, type Occurrence } from "./in-zone.ts"
import { localEnd, type LocalSeconds, mod, secondsPerDay } from "./local-time.ts"
import { momentsOf } from "./pattern.ts"
import type { Recurring, Schedule } from "./schedule.ts"
import type { InstantSeconds, Zone } from "./zone.ts"

export { meantLocal, type Note, type Occurrence } from "./in-zone.ts"
export { readSchedule, type Schedule, type WrittenSchedule, type ZoneOf } from "./schedule.ts"

/**
 * The next `count` occurrences strictly after an instant, fewer where the schedule ends.
 *
 * @example occurrencesAfter(schedule, Date.parse("2026-01-01T00:00:00Z") / 1000, 1)
 * // [{ at: 1767603600, local: 1767603600 }]
 */
export function occurrencesAfter(
  schedule: Schedule,
  instant: InstantSeconds,
  count: number
): ReadonlyArray<Occurrence> {
  return [...occurrencesFrom(schedule, Math.floor(instant) + 1).take(count)]
}

/** The occurrences at or after an instant, all of them without one, in order. */
export function* occurrencesFrom(
  schedule: Schedule,
  instant: InstantSeconds = Number.NEGATIVE_INFINITY
): Generator<Occurrence, void> {
  if (instant > localEnd + offsetsApartSeconds) return
  const streams = [
    ...schedule.recurring.map((rule) => occurrencesOf(rule, schedule, instant)),
    inZone(schedule.added, schedule.zone, false)
  ]
  for (const occurrence of inOrder(streams)) {
    if (occurrence.at >= instant && !isExcluded(schedule, occurrence)) yield occurrence
  }
}

function isExcluded({ excluded: { instants, midnights } }: Schedule, occurrence: Occurrence): boolean {
  if (instants.has(occurrence.at)) return true
  if (midnights.size === 0) return false
  // An occurrence that was moved over midnight belongs to the day that it was meant for.
  const meant = meantLocal(occurrence)
  return midnights.has(meant - mod(meant, secondsPerDay))
}

function* occurrencesOf(
  rule: Recurring,
  schedule: Schedule,
  from: InstantSeconds
): Generator<Occurrence, void> {
  const { start, zone } = schedule
  const end = Math.min(rule.until ?? Number.POSITIVE_INFINITY, countedEnd(rule, schedule))
  const isLater = from > start - offsetsApartSeconds
  const locals = momentsOf(rule.pattern, isLater ? Math.max(start, earliestLocal(zone, from)) : start)
  for (const occurrence of inZone(locals, zone, rule.isEveryHour)) {
    if (occurrence.at > end) return
    yield occurrence
  }
}

// Of no zone are two offsets further apart: -12 to +14 hours, and a day that was left out.
const offsetsApartSeconds = 26 * 3600

/** A local time before which no occurrence at or after the instant can have been asked for. */
function earliestLocal(zone: Zone, instant: InstantSeconds): LocalSeconds {
  const around = [instant - offsetsApartSeconds, instant, instant + offsetsApartSeconds]
  return instant + Math.min(...around.map(zone.offsetAt))
}

const countedEnds = new WeakMap<Recurring, InstantSeconds>()

/** The last instant that the rule's COUNT allows. It is found by counting from the start, once for each rule. */
function countedEnd(rule: Recurring, { start, zone }: Schedule): InstantSeconds {
  if (rule.count === undefined) return Number.POSITIVE_INFINITY
  const known = countedEnds.get(rule)
  if (known !== undefined) return known
  let end = Number.NEGATIVE_INFINITY
  const all = inZone(momentsOf(rule.pattern, start), zone, rule.isEveryHour)
  for (const { at } of all.take(rule.count)) end = at
  countedEnds.set(rule, end)
  return end
}

/** Several ascending streams as one, each instant once: the first stream's where several have it. */
function* inOrder(streams: ReadonlyArray<Generator<Occurrence, void>>): Generator<Occurrence, void> {
  const heads = streams.map((stream) => stream.next())
  for (;;) {
    const ats = heads.map((head) => (head.done === true ? Number.POSITIVE_INFINITY : head.value.at))
    const first = Math.min(...ats)
    const from = heads[ats.indexOf(first)]
    if (from === undefined || from.done === true) return
    yield from.value
    for (const [index, stream] of streams.entries()) if (ats[index] === first) heads[index] = stream.next()
  }
}
