/** Whether a chat has quiet hours at a moment, and until when. Pure. */
import { DateTime } from "effect"
import type { ChatSettings } from "../../contracts/chat-settings.ts"
import { zoneOf } from "./time-zone.ts"

const minutesOfDay = (clock: string): number => {
  const [hours, minutes] = clock.split(":").map(Number)
  return hours! * 60 + minutes!
}

const localMinutes = (millis: number, timeZone: DateTime.TimeZone): number => {
  const { hour, minute } = DateTime.toParts(DateTime.makeZonedUnsafe(millis, { timeZone }))
  return hour * 60 + minute
}

const minuteMillis = 60_000

/** The next moment at which clocks show a time of day, or the first after it where they jump over it. */
const nextAt = (now: number, minutes: number, timeZone: DateTime.TimeZone): number => {
  const { day, hour, minute, month, year } = DateTime.toParts(DateTime.makeZonedUnsafe(now, { timeZone }))
  const isTomorrow = hour * 60 + minute >= minutes
  const parts = {
    year,
    month,
    day: day + (isTomorrow ? 1 : 0),
    hour: Math.floor(minutes / 60),
    minute: minutes % 60
  }
  const at = (disambiguation: DateTime.Disambiguation) =>
    DateTime.toEpochMillis(
      DateTime.makeZonedUnsafe(parts, { timeZone, adjustForTimeZone: true, disambiguation })
    )
  // Clocks that were set back show it twice.
  const earlier = at("compatible")
  return earlier > now ? earlier : at("later")
}

/**
 * The end of the quiet hours that hold at a moment, both in milliseconds since the epoch; `undefined` where none
 * hold. They begin and end when the clocks of the chat's zone show it, on days on which those are changed too.
 */
export const quietUntil = (
  { quietHours, timeZone }: Pick<ChatSettings, "quietHours" | "timeZone">,
  now: number
): number | undefined => {
  if (quietHours === "none") return undefined
  const [from, to] = quietHours.split("-").map(minutesOfDay)
  const zone = zoneOf(timeZone)
  const isQuiet = (millis: number) => {
    const at = localMinutes(millis, zone)
    return from! < to! ? at >= from! && at < to! : at >= from! || at < to!
  }
  if (!isQuiet(now)) return undefined
  let end = nextAt(now, to!, zone)
  // Where the clocks were set forward past the end, it was over when they had been.
  if (localMinutes(end, zone) !== to) while (!isQuiet(end - minuteMillis)) end -= minuteMillis
  return end
}
