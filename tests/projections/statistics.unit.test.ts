import { expect, it } from "vitest"
import { given, recorded, startMillis } from "./given.ts"
import { decided, received, revised, scanned, suppressed } from "./story.ts"

const hour = 3_600_000
const all = [0, Number.MAX_SAFE_INTEGER] as const

it("an hour has what happened in it, and how long it took", () => {
  const { queries } = given(received(), scanned(), decided(), revised())
  const [row, ...others] = queries.statistics("hour", ...all)
  expect(others).toEqual([])
  expect(row).toMatchObject({
    start: startMillis,
    messages: 1,
    links: received().data.links.length,
    scans: { [scanned().data.level]: 1 },
    verdicts: { [decided().data.level]: 1 },
    suppressed: 0,
    revised: 1,
    // The message is a second into the log, the verdict two seconds after it.
    verdictAfter: { count: 1, p50: 2_000, p95: 2_000 }
  })
})

it("a verdict that stayed unsaid is a verdict, and a second result for the same cause is none", () => {
  const folded = given(received(), scanned(), suppressed())
  folded.apply([recorded(scanned(), 4, "event-2")])
  const [row] = folded.queries.statistics("hour", ...all)
  expect(row).toMatchObject({
    suppressed: 1,
    scans: { [scanned().data.level]: 1 },
    verdicts: { [suppressed().data.level]: 1 }
  })
})

it("days are the sums of their hours, and a range has those that it touches", () => {
  const { apply, queries } = given()
  const times = [startMillis, startMillis + 5 * hour, startMillis + 30 * hour]
  apply(times.map((time, index) => ({ ...recorded(received(), index + 1), time })))
  const messages = (step: "hour" | "day", from: number, to: number) =>
    queries.statistics(step, from, to).map((row) => row.messages)
  expect(messages("hour", ...all)).toEqual([1, 1, 1])
  expect(messages("day", ...all)).toEqual([2, 1])
  expect(messages("hour", startMillis + 5 * hour + 1, startMillis + 6 * hour)).toEqual([1])
  expect(messages("day", startMillis + 5 * hour, startMillis + 6 * hour)).toEqual([2])
  expect(messages("hour", startMillis + hour, startMillis + 2 * hour)).toEqual([])
})

it("counts of verdicts are those of their rows", () => {
  const { db, queries } = given(received(), scanned(), decided(), revised(), suppressed())
  const rows = db.prepare<[], number>("select count(*) from sightings").pluck().get()
  expect(queries.overview().links).toBe(rows)
})
