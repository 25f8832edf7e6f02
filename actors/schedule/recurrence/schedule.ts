import * as Result from "effect/Result"
import { type CalendarText, type LineTime, readCalendarText } from "./calendar-text.ts"
import { looksLikeCron, readCron } from "./cron.ts"
import { type LocalSeconds, secondsPerHour, secondsPerMinute } from "./local-time.ts"
import type { Pattern } from "./pattern.ts"
import type { Unit } from "./period.ts"
import { readTime } from "./read-time.ts"
import { doubtsAbout, patternOf } from "./rule-pattern.ts"
import { readRuleParts, type RuleParts } from "./rule-parts.ts"
import { type InstantSeconds, localAt, readingOf, type Zone, zoneOf as zoneOfNode } from "./zone.ts"

/** When something is to happen, as a person or another system writes it. */
export interface WrittenSchedule {
  /**
   * The first local time that may be meant: `2026-01-05T09:00:00`, or with an offset; RFC 5545's DTSTART. An RRULE
   * takes from it what it does not say itself. May be left out where the rule's text has a DTSTART, and with cron.
   */
  readonly start?: string | null
  /** An IANA zone. May be left out where the DTSTART in the rule's text names one. */
  readonly zone?: string | null
  /** An RRULE, lines of DTSTART, RRULE, RDATE and EXDATE, or a cron expression; without any it is `start`, once. */
  readonly rule?: string | null
}

/** One rule of a schedule. */
export interface Recurring {
  readonly pattern: Pattern
  /** Whether it also runs in an hour that comes for the second time, because it runs in each. */
  readonly isEveryHour: boolean
  readonly count?: number
  /** The last instant that may be meant. */
  readonly until?: InstantSeconds
}

/** A schedule that was understood. */
export interface Schedule {
  readonly zone: Zone
  readonly start: LocalSeconds
  readonly recurring: ReadonlyArray<Recurring>
  /** RDATE, or the one time of what does not recur; ascending. */
  readonly added: ReadonlyArray<LocalSeconds>
  readonly excluded: Excluded
  /** A cron expression says when to run next, so what runs `from` an instant on runs after it. */
  readonly isCron: boolean
  /** What may not be meant as it was written. */
  readonly doubts: ReadonlyArray<string>
}

interface Excluded {
  readonly instants: ReadonlySet<InstantSeconds>
  /** Days on which nothing happens, by the midnights that begin them. */
  readonly midnights: ReadonlySet<LocalSeconds>
}

const nothingExcluded: Excluded = { instants: new Set(), midnights: new Set() }

/** Where zones are looked up by their names. */
export type ZoneOf = (name: string) => Zone | undefined

/** Where a cron expression without a start begins. */
const beginning: LocalSeconds = 0

/**
 * Understands a schedule, or says in a sentence what is wrong with it.
 *
 * @example readSchedule({ start: "2026-01-05T09:00:00", zone: "Europe/Lisbon", rule: "FREQ=WEEKLY;BYDAY=MO" })
 */
export function readSchedule(
  written: WrittenSchedule,
  zoneOf: ZoneOf = zoneOfNode
): Result.Result<Schedule, string> {
  const rule = (written.rule ?? "").trim()
  if (rule !== "" && looksLikeCron(rule)) return readCronSchedule(written, rule, zoneOf)
  return Result.gen(function* () {
    const text = yield* readCalendarText(rule)
    const zone = yield* readZone(written.zone ?? text.start?.zone, zoneOf)
    const start = yield* startOf(written, text, zone, zoneOf)
    if (start === undefined) return yield* Result.fail("expected a start, found none")
    const parts: Array<RuleParts> = []
    for (const value of text.rules) parts.push(yield* readRuleParts(value))
    const added = yield* inZoneOf(zone, text.added, zoneOf)
    return {
      zone,
      start,
      recurring: parts.map((part) => recurring(part, start, zone)),
      added: text.rules.length === 0 ? ascending([start, ...added]) : ascending(added),
      excluded: yield* excludedBy(zone, text.excluded, zoneOf),
      isCron: false,
      doubts: parts.flatMap(doubtsAbout)
    }
  })
}

function readCronSchedule(
  written: WrittenSchedule,
  expression: string,
  zoneOf: ZoneOf
): Result.Result<Schedule, string> {
  return Result.gen(function* () {
    const zone = yield* readZone(written.zone, zoneOf)
    const pattern = yield* readCron(expression)
    const start = (yield* startOf(written, undefined, zone, zoneOf)) ?? beginning
    return {
      zone,
      start,
      recurring: [{ pattern, isEveryHour: pattern.hours.length === 24 }],
      added: [],
      excluded: nothingExcluded,
      isCron: true,
      doubts: []
    }
  })
}

function readZone(name: string | null | undefined, zoneOf: ZoneOf): Result.Result<Zone, string> {
  if (name === undefined || name === null) {
    return Result.fail('expected an IANA time zone such as "Europe/Lisbon", found none')
  }
  const zone = zoneOf(name)
  return zone === undefined
    ? Result.fail(`expected an IANA time zone such as "Europe/Lisbon", found "${name}"`)
    : Result.succeed(zone)
}

function startOf(
  { start }: WrittenSchedule,
  text: CalendarText | undefined,
  zone: Zone,
  zoneOf: ZoneOf
): Result.Result<LocalSeconds | undefined, string> {
  return Result.gen(function* () {
    const inText = text?.start === undefined ? undefined : yield* localIn(zone, text.start, zoneOf)
    if (start === undefined || start === null) return inText
    const time = readTime(start)
    if (time === undefined) {
      return yield* Result.fail(
        `expected start to be a local time such as 2026-01-05T09:00:00, found "${start}"`
      )
    }
    const given = yield* localIn(zone, time, zoneOf)
    if (inText !== undefined && inText !== given) {
      return yield* Result.fail("expected one start, found another in the rule's DTSTART")
    }
    return given
  })
}

/** What the zone's clocks show at a time that may have been written in another zone. */
function localIn(zone: Zone, time: LineTime, zoneOf: ZoneOf): Result.Result<LocalSeconds, string> {
  if (time.offsetSeconds !== undefined) return Result.succeed(localAt(zone, time.local - time.offsetSeconds))
  if (time.zone === undefined || time.zone === zone.name) return Result.succeed(time.local)
  return Result.map(readZone(time.zone, zoneOf), (other) => localAt(zone, readingOf(other, time.local).at))
}

const inZoneOf = (
  zone: Zone,
  times: ReadonlyArray<LineTime>,
  zoneOf: ZoneOf
): Result.Result<ReadonlyArray<LocalSeconds>, string> =>
  Result.all(times.map((time) => localIn(zone, time, zoneOf)))

const excludedBy = (
  zone: Zone,
  times: ReadonlyArray<LineTime>,
  zoneOf: ZoneOf
): Result.Result<Excluded, string> =>
  Result.gen(function* () {
    const moments = yield* inZoneOf(
      zone,
      times.filter(({ isDate }) => !isDate),
      zoneOf
    )
    return {
      instants: new Set(moments.map((moment) => readingOf(zone, moment).at)),
      midnights: new Set(times.filter(({ isDate }) => isDate).map(({ local }) => local))
    }
  })

const ascending = (times: ReadonlyArray<LocalSeconds>): ReadonlyArray<LocalSeconds> =>
  [...new Set(times)].toSorted((one, other) => one - other)

const finerThanDays: Readonly<Partial<Record<Unit, number>>> = {
  hour: secondsPerHour,
  minute: secondsPerMinute,
  second: 1
}

function recurring(parts: RuleParts, start: LocalSeconds, zone: Zone): Recurring {
  const { count, hours, interval, unit, until } = parts
  const unitSeconds = finerThanDays[unit]
  return {
    pattern: patternOf(parts, start),
    // An interval that does not divide the hour would fall out of step with itself in an hour that comes twice.
    isEveryHour:
      unitSeconds !== undefined && hours.length === 0 && secondsPerHour % (unitSeconds * interval) === 0,
    ...(count === undefined ? {} : { count }),
    ...(until === undefined
      ? {}
      : {
          until:
            until.offsetSeconds === undefined
              ? readingOf(zone, until.local).at
              : until.local - until.offsetSeconds
        })
  }
}
