import * as Result from "effect/Result"
import { type LocalSeconds, secondsPerDay, secondsPerHour, secondsPerMinute } from "./local-time.ts"

/** Seconds since 1970-01-01T00:00:00Z. */
export type InstantSeconds = number

/** A time zone of the IANA database, as Node brings it with ICU. */
export interface Zone {
  readonly name: string
  /** How far its clocks are ahead of UTC then, in seconds. */
  readonly offsetAt: (instant: InstantSeconds) => number
}

/**
 * When a clock of a zone shows a local time: once, never (a gap: the clock was put forward over it) or twice (it
 * was put back). In a gap `at` is the moment that the clocks from before it would show it: the time lies
 * `movedSeconds` further on the new clock. Of two times `at` is the first.
 */
export type Reading =
  | { readonly kind: "once"; readonly at: InstantSeconds }
  | { readonly kind: "never"; readonly at: InstantSeconds; readonly movedSeconds: number }
  | { readonly kind: "twice"; readonly at: InstantSeconds; readonly second: InstantSeconds }

// No zone has changed its offset twice within less: Freetown in September 1939, by the tz database. So at most
// one change lies in a span, and a span at both ends of which the offset is the same holds none.
const spanSeconds = 3 * secondsPerDay

/** Offsets remembered per zone: about 34 years, at which a daily rule pays for each once. */
const spansMax = 4096

/** Zones remembered; each holds about 30 kB of ICU's. */
const zonesMax = 64

const zones = new Map<string, Zone>()

/**
 * The zone of a name such as `Europe/Lisbon`, or undefined when there is none of that name.
 *
 * @example zoneOf("Europe/Lisbon")?.offsetAt(1_720_000_000) // 3600
 */
export function zoneOf(name: string): Zone | undefined {
  const key = name.toLowerCase()
  const known = zones.get(key)
  if (known !== undefined) return known
  const format = Result.try(
    () => new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset", year: "numeric" })
  )
  if (Result.isFailure(format)) return undefined
  const zone = { name, offsetAt: rememberedOffsets((instant) => writtenOffset(format.success, instant)) }
  const [oldest] = zones.keys()
  if (zones.size >= zonesMax && oldest !== undefined) zones.delete(oldest)
  zones.set(key, zone)
  return zone
}

// The date formatted ends in "GMT", "GMT+05:30" or, before standard time, "GMT-00:44:30".
function writtenOffset(format: Intl.DateTimeFormat, instant: InstantSeconds): number {
  const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(format.format(instant * 1000))
  if (match === null) throw new Error(`expected an offset from GMT, found ${format.format(instant * 1000)}`)
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = match
  const ahead = Number(hours) * secondsPerHour + Number(minutes) * secondsPerMinute + Number(seconds)
  return sign === "-" ? -ahead : ahead
}

interface Span {
  readonly before: number
  readonly after: number
  /** The first instant of the offset `after`. */
  readonly changesAt: InstantSeconds
}

/** Asking ICU takes 2 µs, which is long for the occurrences of years: each span is asked about once. */
function rememberedOffsets(ask: (instant: InstantSeconds) => number): Zone["offsetAt"] {
  const spans = new Map<number, Span>()
  const spanAt = (index: number): Span => {
    const start = index * spanSeconds
    const before = spans.get(index - 1)?.after ?? ask(start)
    const after = spans.get(index + 1)?.before ?? ask(start + spanSeconds)
    return {
      before,
      after,
      changesAt: before === after ? start : firstOf(after, ask, start, start + spanSeconds)
    }
  }
  return (instant) => {
    const index = Math.floor(instant / spanSeconds)
    let span = spans.get(index)
    if (span === undefined) {
      span = spanAt(index)
      if (spans.size >= spansMax) spans.clear()
      spans.set(index, span)
    }
    return instant < span.changesAt ? span.before : span.after
  }
}

/** The first instant in (before, at] with the offset, by halving; `at` has it, `before` does not. */
function firstOf(
  offset: number,
  ask: (instant: InstantSeconds) => number,
  before: InstantSeconds,
  at: InstantSeconds
): InstantSeconds {
  let without = before
  let having = at
  while (having - without > 1) {
    const middle = Math.floor((without + having) / 2)
    if (ask(middle) === offset) having = middle
    else without = middle
  }
  return having
}

/** When the zone's clocks show `local`. */
export function readingOf(zone: Zone, local: LocalSeconds): Reading {
  // No offset is further from UTC than a day, so these are the offsets before and after any change that matters.
  const before = zone.offsetAt(local - secondsPerDay)
  const after = zone.offsetAt(local + secondsPerDay)
  const first = local - before
  if (before === after) return { kind: "once", at: first }
  const second = local - after
  const isFirst = zone.offsetAt(first) === before
  const isSecond = zone.offsetAt(second) === after
  if (isFirst && isSecond) return { kind: "twice", at: first, second }
  if (isFirst || isSecond) return { kind: "once", at: isFirst ? first : second }
  return { kind: "never", at: first, movedSeconds: after - before }
}

/** What the zone's clocks show then. */
export const localAt = (zone: Zone, instant: InstantSeconds): LocalSeconds => instant + zone.offsetAt(instant)
