import { epochDayOf, firstYear, lastPlausibleYear } from "./calendars.ts"
import type { Header } from "./header.ts"

/** In which order the three numbers of a date stand. */
export type DateOrder = "DMY" | "MDY" | "YMD"

/** What told the order of the date, strongest first. Only `default` is a guess. */
export type DateOrderEvidence = "option" | "year's place" | "impossible dates" | "order of time" | "default"

type Fields = readonly [string, string, string]

/** A header is one because its date has three numbers. */
const fieldsOf = (date: string): Fields => {
  const [first = "", second = "", third = ""] = date.split("/")
  return [first, second, third]
}

const firstDay = epochDayOf(firstYear, 4, 1, 1)!
const lastDay = epochDayOf(lastPlausibleYear, 4, 12, 31)!

/** Reads dates in one order, and remembers them, because an export repeats each date many times. */
export const dateReader = (order: DateOrder): ((date: string) => number | undefined) => {
  const read = new Map<string, number | undefined>()
  const [y, m, d] = order === "YMD" ? [0, 1, 2] : order === "DMY" ? [2, 1, 0] : [2, 0, 1]
  return (date) => {
    const known = read.get(date)
    if (known !== undefined || read.has(date)) return known
    const fields = fieldsOf(date)
    const year = fields[y]!
    const month = fields[m]!
    const day = fields[d]!
    const possible = year.length !== 1 && month.length <= 2 && day.length <= 2
    const epochDay = possible ? epochDayOf(Number(year), year.length, Number(month), Number(day)) : undefined
    read.set(date, epochDay)
    return epochDay
  }
}

/** Whether three numbers are a date in any order. */
export const isSomeDate = (date: string): boolean =>
  ordersOf(date).some((order) => dateReader(order)(date) !== undefined)

const ordersOf = (date: string): ReadonlyArray<DateOrder> => {
  const [first, , last] = fieldsOf(date)
  return first.length > 2 ? ["YMD"] : last.length > 2 ? ["DMY", "MDY"] : ["DMY", "MDY", "YMD"]
}

interface Score {
  readonly order: DateOrder
  readonly impossible: number
  readonly implausible: number
  readonly backward: number
}

const scoreOf = (order: DateOrder, headers: ReadonlyArray<Header>): Score => {
  const read = dateReader(order)
  let impossible = 0
  let implausible = 0
  let backward = 0
  let last = Number.NEGATIVE_INFINITY
  for (const header of headers) {
    const day = read(header.date)
    if (day === undefined) {
      impossible++
      continue
    }
    if (day < firstDay || day > lastDay) implausible++
    // One day back is a journey or a clock put right; a wrong order jumps by weeks.
    if (day < last - 1) backward++
    last = day
  }
  return { order, impossible, implausible, backward }
}

const eastAsian = /[\p{Script=Han}\p{Script=Hangul}]/u

/**
 * The order assumed when nothing in the file tells: day first, as in most of the world, except that
 * unpadded slashes with a short year and a bare AM or PM ("3/4/24, 9:05 PM") are how the United States and the
 * Philippines write, and a short year with a Chinese, Japanese or Korean half of the day comes first.
 */
const defaultOrder = (headers: ReadonlyArray<Header>): DateOrder => {
  const first = headers[0]
  if (first === undefined || fieldsOf(first.date)[2].length > 2) return "DMY"
  if (first.separator === "年" || (first.period !== undefined && eastAsian.test(first.period))) return "YMD"
  const bare = (first.period === "AM" || first.period === "PM") && !first.otherDigits
  const numbers = headers.flatMap(({ date }) => date.split("/", 2))
  const padded = numbers.some((n) => n.startsWith("0"))
  const unpadded = numbers.some((n) => n.length === 1)
  return first.separator === "/" && bare && unpadded && !padded ? "MDY" : "DMY"
}

/**
 * Infers the order of the date from every header of one export: by impossible dates (and years before
 * WhatsApp existed), then by the order of time, then by `defaultOrder`. A `wanted` order that the year's place
 * allows is taken as it is.
 */
export const inferDateOrder = (
  headers: ReadonlyArray<Header>,
  wanted?: DateOrder
): { readonly order: DateOrder; readonly evidence: DateOrderEvidence } => {
  const first = headers[0]
  if (first === undefined) return { order: "DMY", evidence: "default" }
  const orders = ordersOf(first.date)
  if (wanted !== undefined && orders.includes(wanted)) return { order: wanted, evidence: "option" }
  if (orders.length === 1) return { order: orders[0]!, evidence: "year's place" }
  let scores = orders.map((order) => scoreOf(order, headers))
  for (const [fact, evidence] of [
    ["impossible", "impossible dates"],
    ["implausible", "impossible dates"],
    ["backward", "order of time"]
  ] as const) {
    const least = Math.min(...scores.map((score) => score[fact]))
    scores = scores.filter((score) => score[fact] === least)
    if (scores.length === 1) return { order: scores[0]!.order, evidence }
  }
  const preferred = defaultOrder(headers)
  const order = scores.find((score) => score.order === preferred) ?? scores[0]!
  return { order: order.order, evidence: "default" }
}
