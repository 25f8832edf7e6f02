import * as Result from "effect/Result"
import { readTime, type WrittenTime } from "./read-time.ts"

/** A moment of a property line, with the zone that the line names. */
export interface LineTime extends WrittenTime {
  readonly zone?: string
}

/** What a recurrence is written as: RRULE values, and the lines around them. */
export interface CalendarText {
  readonly start?: LineTime
  readonly rules: ReadonlyArray<string>
  readonly added: ReadonlyArray<LineTime>
  readonly excluded: ReadonlyArray<LineTime>
}

/** Rules and dates in one recurrence; each is looked at for every occurrence. */
export const rulesMax = 16
export const datesMax = 10_000

/**
 * Reads the lines of a recurrence as they stand in a calendar (RFC 5545, 3.8.5): DTSTART, RRULE, RDATE, EXDATE, in
 * any order, long lines folded or not. A line without a name is the value of an RRULE.
 *
 * @example readCalendarText("DTSTART;TZID=Europe/Lisbon:20260105T090000\nRRULE:FREQ=DAILY")
 */
export function readCalendarText(text: string): Result.Result<CalendarText, string> {
  return Result.gen(function* () {
    let start: LineTime | undefined
    const rules: Array<string> = []
    const added: Array<LineTime> = []
    const excluded: Array<LineTime> = []
    for (const line of unfolded(text)) {
      const { name, parameters, value } = splitLine(line)
      if (name === "RRULE") rules.push(value)
      else if (name === "RDATE") added.push(...(yield* readTimes(line, parameters, value)))
      else if (name === "EXDATE") excluded.push(...(yield* readTimes(line, parameters, value)))
      else if (name === "DTSTART") {
        if (start !== undefined) return yield* Result.fail("expected DTSTART once, found it twice")
        start = (yield* readTimes(line, parameters, value))[0]
      } else {
        return yield* Result.fail(`expected lines of DTSTART, RRULE, RDATE and EXDATE, found "${line}"`)
      }
    }
    if (rules.length > rulesMax) {
      return yield* Result.fail(`expected at most ${rulesMax} rules, found ${rules.length}`)
    }
    if (added.length + excluded.length > datesMax) {
      return yield* Result.fail(
        `expected at most ${datesMax} dates in RDATE and EXDATE, found ${added.length + excluded.length}`
      )
    }
    return start === undefined ? { rules, added, excluded } : { start, rules, added, excluded }
  })
}

/** A line that begins with a space or a tab goes on with the one before it. */
const unfolded = (text: string): ReadonlyArray<string> =>
  text
    .replaceAll(/\r?\n[ \t]/g, "")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "")

interface Line {
  readonly name: string
  readonly parameters: ReadonlyArray<string>
  readonly value: string
}

function splitLine(line: string): Line {
  const colon = line.indexOf(":")
  if (colon < 0) return { name: "RRULE", parameters: [], value: line }
  const [name = "", ...parameters] = line.slice(0, colon).split(";")
  return { name: name.trim().toUpperCase(), parameters, value: line.slice(colon + 1) }
}

function readTimes(
  line: string,
  parameters: ReadonlyArray<string>,
  value: string
): Result.Result<ReadonlyArray<LineTime>, string> {
  const zone = parameters
    .find((parameter) => /^TZID=/i.test(parameter))
    ?.slice("TZID=".length)
    .replaceAll('"', "")
  const times: Array<LineTime> = []
  for (const item of value.split(",")) {
    // Of a period, `19970101T180000Z/PT5H`, the start is the occurrence.
    const time = readTime(item.trim().replace(/\/.*$/, ""))
    if (time === undefined) {
      return Result.fail(
        `expected times such as 20260105T090000 or 20260105T090000Z, found "${item}" in "${line}"`
      )
    }
    times.push(zone === undefined ? time : { ...time, zone })
  }
  return Result.succeed(times)
}
