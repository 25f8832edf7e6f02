import * as Schema from "effect/Schema"
import { parseSpan, periods, type Span, zoneOf } from "../../backup/retention/calendar.ts"
import { retain, type Snapshot, type Within } from "../../backup/retention/retain.ts"
import { type BatchOperation, operation, type Refusal } from "./operation.ts"

const Count = Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(-1)))
const count = Schema.optionalKey(Schema.NullOr(Count))

/** Spans by what they are about; restic's own names for them are taken as well. */
const spanNames = {
  all: ["all", "Within"],
  hourly: ["hourly", "WithinHourly"],
  daily: ["daily", "WithinDaily"],
  weekly: ["weekly", "WithinWeekly"],
  monthly: ["monthly", "WithinMonthly"],
  yearly: ["yearly", "WithinYearly"]
} as const satisfies { readonly [K in keyof Within]-?: ReadonlyArray<string> }

const Input = Schema.Struct({
  snapshots: Schema.Array(Schema.String),
  now: Schema.optionalKey(Schema.NullOr(Schema.String)),
  zone: Schema.optionalKey(Schema.NullOr(Schema.String)),
  keep: Schema.Struct({
    last: count,
    hourly: count,
    daily: count,
    weekly: count,
    monthly: count,
    yearly: count,
    within: Schema.optionalKey(
      Schema.NullOr(Schema.Union([Schema.String, Schema.Record(Schema.String, Schema.String)]))
    )
  })
})

const isoTime = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.(\d{1,9}))?)?(?:[Zz]|[+-]\d\d:?\d\d)$/

/** A moment in milliseconds, with the fraction that a `Date` has no room for. */
const momentOf = (text: string): number | undefined => {
  const match = isoTime.exec(text)
  const millis = match === null ? Number.NaN : Date.parse(text.replace(" ", "T"))
  if (match === null || Number.isNaN(millis)) return undefined
  return millis + Number(`0.${match[1]?.slice(3) || "0"}`)
}

const refuse = (what: string, expected: string, found: string): Refusal => ({
  error: `expected ${what} to be ${expected}, found ${JSON.stringify(found)}`
})

const aTime = "a time with its zone, such as 2026-01-02T03:00:00Z"

const spansOf = (within: string | Readonly<Record<string, string>>): Within | Refusal => {
  const given = typeof within === "string" ? { all: within } : within
  const spans: { -readonly [K in keyof Within]: Span } = {}
  for (const [kind, names] of Object.entries(spanNames)) {
    const text = names.map((name) => given[name]).find((value) => value !== undefined)
    if (text === undefined) continue
    const span = parseSpan(text)
    if (span === undefined) return refuse("keep.within", "a span such as 1y6m14d12h", text)
    spans[kind as keyof Within] = span
  }
  return spans
}

/** Null is as good as left out. */
const given = (keep: (typeof Input.Type)["keep"]) =>
  Object.fromEntries((["last", ...periods] as const).map((kind) => [kind, keep[kind] ?? 0]))

/** Which snapshots are kept and why, by restic's rules. */
export const retainSnapshots: BatchOperation = operation(
  '{"snapshots": [time, …], "now"?: time, "zone"?: "Europe/Vienna", "keep": {"last"?, "hourly"?, "daily"?, "weekly"?, "monthly"?, "yearly"?: count, -1 for all, "within"?: "1y6m14d12h"}}',
  Input,
  ({ keep, now, snapshots, zone }) => {
    const zoneName = zone ?? "UTC"
    const timeZone = zoneOf(zoneName)
    if (timeZone === undefined) return refuse("zone", "the name of a time zone", zoneName)
    const moments: Array<Snapshot> = []
    for (const at of snapshots) {
      const millis = momentOf(at)
      if (millis === undefined) return refuse("a snapshot", aTime, at)
      moments.push({ at, millis })
    }
    const nowMillis = now === undefined || now === null ? undefined : momentOf(now)
    if (now !== undefined && now !== null && nowMillis === undefined) return refuse("now", aTime, now)
    const within = spansOf(keep.within ?? {})
    if ("error" in within) return within
    return retain(moments, { counts: given(keep), within }, timeZone, nowMillis)
  }
)
