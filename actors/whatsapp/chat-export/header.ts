import { endOf, type Head } from "./characters.ts"
import { dayPeriodPattern, hourOfDay, readDayPeriod } from "./day-periods.ts"

/**
 * How a header is laid out: `[date, time] ` on iPhones, `date, time - ` on Androids, `date, time: ` in exports
 * of before 2015.
 */
export type Layout = "bracket" | "dash" | "colon"

/** A date whose day, month and year are not yet told apart, with its time of day. */
export interface Header {
  /** Where the author or the system text starts, as an offset into the export. */
  readonly rest: number
  /** The three numbers as written, of which one is the day, one the month and one the year: `1/3/2024`. */
  readonly date: string
  readonly secondOfDay: number
  readonly layout: Layout
  readonly separator: string
  readonly seconds: boolean
  /** The half of the day as written, absent on a 24-hour clock. */
  readonly period: string | undefined
  /** Whether the digits are of another script than Latin. */
  readonly otherDigits: boolean
  /** Everything that one export writes the same way in every header. */
  readonly style: string
}

/** Words that some languages put between the date and the time. */
const joiners = ["à", "às", "as", "um", "om", "klo", "kl\\.?", "alle", "ore", "at", "в", "о", "u"]

const date = "(\\d{1,4})( ?[./\\-年] ?| )(\\d{1,2})( ?[./\\-月] ?| )(\\d{1,4})(?:日|\\.| ?г\\.?)?"
const join = `(?:,? |,|(?<=日))(?:(?:${joiners.join("|")}) )?`
const clock = "(\\d{1,2})(?: ?h ?|[:.])(\\d{2})(?:(?:[:.]| min )(\\d{2})(?: s)?)?(?: ч\\.?)?"
const before = `(?:(${dayPeriodPattern}) ?)?`
const after = `(?: ?(${dayPeriodPattern}))?`
const dateFirst = `${date}${join}${before}${clock}${after}`
// Vietnamese writes the time first, and so does what WhatsApp puts on the clipboard.
const timeFirst = `${before}${clock}${after}(?:, ?| )${date}`

const bracketDateFirst = new RegExp(`^\\[ ?${dateFirst} ?\\] ?`, "iu")
const bracketTimeFirst = new RegExp(`^\\[ ?${timeFirst} ?\\] ?`, "iu")
const openDateFirst = new RegExp(`^${dateFirst}( ?- |: )`, "iu")
const openTimeFirst = new RegExp(`^${timeFirst}( ?- )`, "iu")

const yearForm = (a: string, c: string): string =>
  a.length > 2 ? `first ${a.length}` : c.length > 2 ? `last ${c.length}` : "short"

/** Reads the header at the start of a line, or undefined when the line does not start with one. */
export const readHeader = (head: Head): Header | undefined => {
  const bracket = head.text.startsWith("[")
  let timeIsFirst = false
  let match = (bracket ? bracketDateFirst : openDateFirst).exec(head.text)
  if (match === null) {
    timeIsFirst = true
    match = (bracket ? bracketTimeFirst : openTimeFirst).exec(head.text)
  }
  if (match === null) return undefined
  const d = timeIsFirst ? 6 : 1
  const t = timeIsFirst ? 1 : 6
  const a = match[d]!
  const separator = match[d + 1]!.trim()
  const c = match[d + 4]!
  if (separator === "年" ? match[d + 3]!.trim() !== "月" : separator !== match[d + 3]!.trim())
    return undefined
  const period = match[t] ?? match[t + 4]
  const hour = hourOfDay(Number(match[t + 1]), period === undefined ? undefined : readDayPeriod(period))
  const minute = Number(match[t + 2])
  const second = Number(match[t + 3] ?? 0)
  if (hour === undefined || minute > 59 || second > 59) return undefined
  const layout = bracket ? "bracket" : match[11] === ": " ? "colon" : "dash"
  const seconds = match[t + 3] !== undefined
  return {
    rest: endOf(head, match[0].length),
    date: `${a}/${match[d + 2]}/${c}`,
    secondOfDay: hour * 3600 + minute * 60 + second,
    layout,
    separator,
    seconds,
    period,
    otherDigits: head.otherDigits,
    style: `${layout} ${timeIsFirst} ${separator} ${yearForm(a, c)} ${seconds} ${period !== undefined}`
  }
}
