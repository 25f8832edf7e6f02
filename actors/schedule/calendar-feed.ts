/** Upcoming occurrences as a calendar, for whatever reads iCalendar (RFC 5545). */
import { utcText } from "./recurrence/occurrence-text.ts"
import type { InstantSeconds } from "./recurrence/zone.ts"

/** One occurrence, as a calendar shows it. */
export interface FeedEntry {
  /** What is to happen, and when: together they name the occurrence for ever. */
  readonly job: string
  readonly at: InstantSeconds
  readonly title: string
  readonly description?: string
  /** Whether it happens depends on something that is not settled. */
  readonly isTentative?: boolean
}

export interface Feed {
  /** What a calendar calls it. */
  readonly name: string
  /** When what it says was known. */
  readonly asOf: InstantSeconds
  readonly entries: ReadonlyArray<FeedEntry>
}

/**
 * The text of a calendar (`text/calendar; charset=utf-8`): times in UTC, an occurrence under the same UID whenever it
 * is asked for, so that a calendar that reads it again changes what it has instead of adding to it.
 *
 * @example calendarFeed({ name: "Wadjet", asOf: 1767225600, entries: [{ job: "…", at: 1767603600, title: "Reminder" }] })
 */
export const calendarFeed = ({ asOf, entries, name }: Feed): string =>
  [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Wadjet//Wadjet//EN",
    "CALSCALE:GREGORIAN",
    `NAME:${escaped(name)}`,
    `X-WR-CALNAME:${escaped(name)}`,
    "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
    ...entries.flatMap((entry) => eventLines(entry, asOf)),
    "END:VCALENDAR"
  ]
    .map((line) => `${folded(line)}\r\n`)
    .join("")

const eventLines = ({ at, description, isTentative, job, title }: FeedEntry, asOf: InstantSeconds) => [
  "BEGIN:VEVENT",
  `UID:${escaped(`${job}-${at}@wadjet`)}`,
  `DTSTAMP:${compact(asOf)}`,
  // Without an end it takes no time, which a message does not.
  `DTSTART:${compact(at)}`,
  "TRANSP:TRANSPARENT",
  `STATUS:${isTentative === true ? "TENTATIVE" : "CONFIRMED"}`,
  `SUMMARY:${escaped(title)}`,
  ...(description === undefined ? [] : [`DESCRIPTION:${escaped(description)}`]),
  "END:VEVENT"
]

/** `20260105T090000Z`. */
const compact = (at: InstantSeconds): string => utcText(at).replaceAll(/[-:]/g, "")

// A text may hold no control character but the tab (3.1), and says a line end as \n (3.3.11).
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\\;,]/g, String.raw`\$&`)
    .replaceAll(/\r\n|[\r\n]/g, String.raw`\n`)
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    .replaceAll(/[\0-\x08\x0A-\x1F\x7F]/g, "")

/** 3.1: a line has at most 75 octets; one that goes on begins with a space, which counts. */
const lineOctetsMax = 75

function folded(line: string): string {
  const lines: Array<string> = []
  let current = ""
  let octets = 0
  for (const character of line) {
    const size = Buffer.byteLength(character)
    if (octets + size > lineOctetsMax) {
      lines.push(current)
      current = " "
      octets = 1
    }
    current += character
    octets += size
  }
  return [...lines, current].join("\r\n")
}
