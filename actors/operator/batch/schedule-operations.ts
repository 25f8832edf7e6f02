import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { localText } from "../../schedule/recurrence/local-time.ts"
import { noteText, utcText } from "../../schedule/recurrence/occurrence-text.ts"
import {
  type Occurrence,
  occurrencesFrom,
  readSchedule,
  type Schedule
} from "../../schedule/recurrence/occurrences.ts"
import { readTime } from "../../schedule/recurrence/read-time.ts"
import { type InstantSeconds, readingOf } from "../../schedule/recurrence/zone.ts"
import { type BatchOperation, operation } from "./operation.ts"

/** As many as are shown where neither a count nor an end is given. */
const countDefault = 1000

/** More in one line would no longer be constant memory. */
const countMax = 100_000

const optional = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

const Lines = Schema.Union([Schema.String, Schema.Array(Schema.String)])

const Input = Schema.Struct({
  start: optional(Schema.String),
  zone: optional(Schema.String),
  rule: optional(Schema.String),
  rdate: optional(Lines),
  exdate: optional(Lines),
  from: optional(Schema.String),
  until: optional(Schema.String),
  count: optional(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: countMax })))
})

/** Given beside the rule, lines go with it; a value without a name is one of the property. */
const linesOf = (
  name: string,
  given: string | ReadonlyArray<string> | null | undefined
): ReadonlyArray<string> =>
  (typeof given === "string" ? [given] : (given ?? [])).map((line) =>
    new RegExp(`^${name}[;:]`, "i").test(line) ? line : `${name}:${line}`
  )

const instantOf = (schedule: Schedule, name: string, text: string): Result.Result<InstantSeconds, string> => {
  const time = readTime(text)
  if (time === undefined) {
    return Result.fail(`expected "${name}" to be a time such as 2026-01-05T09:00:00Z, found "${text}"`)
  }
  const { local, offsetSeconds } = time
  return Result.succeed(
    offsetSeconds === undefined ? readingOf(schedule.zone, local).at : local - offsetSeconds
  )
}

const shown = (zone: string, { at, local, note }: Occurrence): object => ({
  local: localText(local),
  utc: utcText(at),
  ...(note === undefined ? {} : { note: noteText(note, zone) })
})

const computed = (input: typeof Input.Type): Result.Result<object, string> =>
  Result.gen(function* () {
    const lines = [...linesOf("RDATE", input.rdate), ...linesOf("EXDATE", input.exdate)]
    const schedule = yield* readSchedule({ ...input, rule: [input.rule ?? "", ...lines].join("\n") })
    const from = input.from == null ? undefined : yield* instantOf(schedule, "from", input.from)
    const until =
      input.until == null ? Number.POSITIVE_INFINITY : yield* instantOf(schedule, "until", input.until)
    const count = input.count ?? (input.until == null ? countDefault : countMax)
    const first = from !== undefined && schedule.isCron ? from + 1 : from
    const occurrences: Array<object> = []
    for (const occurrence of occurrencesFrom(schedule, first)) {
      if (occurrences.length >= count || occurrence.at > until) break
      occurrences.push(shown(schedule.zone.name, occurrence))
    }
    return { occurrences, ...(schedule.doubts.length === 0 ? {} : { doubts: schedule.doubts }) }
  })

/**
 * The occurrences of a rule, from `start` on, which counts. `from` and `until` are instants or, without an offset,
 * local times: what a rule has at `from` counts, but a cron expression's occurrences are those behind it, as in
 * every cron. `doubts` say what may not be meant as it was written.
 */
export const occurrences: BatchOperation = operation(
  '{"start": "2026-01-05T09:00:00", "zone": "Europe/Lisbon", "rule": "RRULE or cron", "from"?: "time", "until"?: "time", "count"?: number}',
  Input,
  (input) => Result.getOrElse(computed(input), (error) => ({ error }))
)
