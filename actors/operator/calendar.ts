/** What active jobs will say, and when, as a calendar. */
import type { JobRow } from "../../projections/jobs.ts"
import { calendarFeed, type FeedEntry } from "../schedule/calendar-feed.ts"
import { momentsAfter } from "../schedule/times.ts"

/** Occurrences of one job in a calendar, and how far ahead it looks: whoever reads it asks again. */
const occurrencesMax = 50
const dayMillis = 86_400_000
const days = 366

/** A job that runs fires within this of its moment: one that is later waits for a decision, or for its predecessor. */
const waitsAfterMillis = 60_000

/** What was left out of what is to come is before the next. */
const entriesOf = ({ job, next, timing, title }: JobRow, now: number): ReadonlyArray<FeedEntry> => {
  if (next === null) return []
  const isTentative = next < now - waitsAfterMillis
  return momentsAfter(timing, Math.max(next - 1, now), occurrencesMax)
    .filter(({ at }) => at - now <= days * dayMillis)
    .map(({ at }) => ({ job, at: at / 1_000, title: title ?? "Wadjet", isTentative }))
}

/** The same all day as long as nothing changes: it says that it is of this day, not of this second. */
export const calendarOf = (jobs: ReadonlyArray<JobRow>, now: number): string => {
  const entries = jobs.filter(({ status }) => status === "active").flatMap((job) => entriesOf(job, now))
  return calendarFeed({ name: "Wadjet", asOf: (now - (now % dayMillis)) / 1_000, entries })
}
