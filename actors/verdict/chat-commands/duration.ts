/** Durations as people type them: `30m`, `2h`, `1h30m`, `2 days`, `ساعتين` as `2 ساعة`. Pure. */
import { latinDigits } from "./spelling.ts"

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const week = 7 * day

/** In the languages of the catalogues. */
const units: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ["s", "sec", "secs", "second", "seconds", "ث", "ثانية", "ثوان"].map((it) => [it, second])
  ),
  ...Object.fromEntries(
    ["m", "min", "mins", "minute", "minutes", "د", "دقيقة", "دقائق"].map((it) => [it, minute])
  ),
  ...Object.fromEntries(["h", "hr", "hrs", "hour", "hours", "س", "ساعة", "ساعات"].map((it) => [it, hour])),
  ...Object.fromEntries(["d", "day", "days", "ي", "يوم", "أيام", "ايام"].map((it) => [it, day])),
  ...Object.fromEntries(["w", "week", "weeks", "أسبوع", "اسبوع", "أسابيع", "اسابيع"].map((it) => [it, week]))
}

/** Below it nothing would be noticed; above it, it is no longer meant to end. */
export const durationMillisMin = minute
export const durationMillisMax = 366 * day

const piece = /^(\d{1,6})\s*(\p{L}+)\s*/u

/** The duration that a text names, in milliseconds; `undefined` where it names none, or one out of bounds. */
export const parseDuration = (text: string): number | undefined => {
  let rest = latinDigits(text).trim().toLowerCase()
  let millis = 0
  if (rest === "") return undefined
  while (rest !== "") {
    const match = piece.exec(rest)
    const unit = match === null ? undefined : units[match[2]!]
    if (match === null || unit === undefined || !Object.hasOwn(units, match[2]!)) return undefined
    millis += Number(match[1]) * unit
    rest = rest.slice(match[0].length)
  }
  return millis >= durationMillisMin && millis <= durationMillisMax ? millis : undefined
}

/** How many words at the start of a list are a duration (`2 hours` is two), and how long it is. */
export const durationAtStart = (
  words: ReadonlyArray<string>
): { readonly millis: number; readonly words: number } | undefined => {
  for (const count of [2, 1]) {
    const millis = count > words.length ? undefined : parseDuration(words.slice(0, count).join(" "))
    if (millis !== undefined) return { millis, words: count }
  }
  return undefined
}
