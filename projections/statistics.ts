/**
 * What happened in each hour, counted: a row for each hour in which anything did, in columns that are declared below. Days
 * are sums of hours. Each row carries the sequence of the last event that it counts, so that none is counted twice.
 */
import type { Level } from "../contracts/level.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { type Prepare, readModel } from "./read-model.ts"

const hourMillis = 3_600_000

/** Counted as they happen. `links` are counted in each message; `scans_again` are looks long after the first. */
const counters = [
  "messages",
  "links",
  "scans_benign",
  "scans_suspicious",
  "scans_malicious",
  "scans_again",
  "verdicts_benign",
  "verdicts_suspicious",
  "verdicts_malicious",
  "suppressed",
  "revised",
  "withdrawn",
  "sent",
  "failed",
  "cancelled",
  "fired",
  "missed"
] as const
type Counter = (typeof counters)[number]

/** From a message to its first verdict and to its warning, and from when a job was due to its firing. */
const durations = ["verdict_after", "warned_after", "late"] as const
type Duration = (typeof durations)[number]

/** Durations are counted by the first of these that they do not exceed, in milliseconds; the last has all the others. */
const boundsMillis = [
  10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 3_600_000
] as const

const bucketOf = (millis: number): number => {
  const found = boundsMillis.findIndex((bound) => millis <= bound)
  return found === -1 ? boundsMillis.length : found
}

type Column = Counter | `${Duration}_${number}`

const columnsOf = (duration: Duration): ReadonlyArray<Column> =>
  Array.from({ length: boundsMillis.length + 1 }, (_, bucket) => `${duration}_${bucket}` as const)

const columns: ReadonlyArray<Column> = [...counters, ...durations.flatMap(columnsOf)]

type Counts = ReadonlyArray<readonly [column: Column, count: number]>

/** Adds to the row of an hour, all at once; one statement for each set of columns. */
const counting = (prepare: Prepare) => {
  const statements = new Map<string, ReturnType<typeof make>>()
  const make = (names: ReadonlyArray<Column>) =>
    prepare<Array<number>>(
      `insert into hours (hour, updated, ${names.join(", ")}) values (?, ?, ${names.map(() => "?").join(", ")})
       on conflict do update set ${names.map((name) => `${name} = ${name} + excluded.${name}`).join(", ")},
         updated = excluded.updated
       where updated < excluded.updated`
    )
  return ({ sequence, time }: { readonly sequence: number; readonly time: number }, counts: Counts): void => {
    const names = counts.map(([column]) => column)
    const key = names.join()
    let statement = statements.get(key)
    if (statement === undefined) {
      statement = make(names)
      statements.set(key, statement)
    }
    statement.run(Math.floor(time / hourMillis) * hourMillis, sequence, ...counts.map(([, count]) => count))
  }
}

const took = (duration: Duration, from: number | undefined, to: number): Counts =>
  from === undefined ? [] : [[`${duration}_${bucketOf(Math.max(0, to - from))}`, 1]]

/** A link's first verdict, whether it is said or not, and how long after the message it came. */
const judging = (prepare: Prepare) => {
  const add = counting(prepare)
  const posted = prepare<[string, string], { readonly at: number }>(
    "select first_at as at from sightings where message = ? and link = ?"
  )
  return (
    event: {
      readonly sequence: number
      readonly time: number
      readonly data: { readonly message: string; readonly link: string; readonly level: Level }
    },
    more: Counts
  ): void => {
    const { level, link, message } = event.data
    add(event, [
      [`verdicts_${level}`, 1],
      ...more,
      ...took("verdict_after", posted.get(message, link)?.at, event.time)
    ])
  }
}

const ended = (column: Counter) => (prepare: Prepare) => {
  const add = counting(prepare)
  return (event: { readonly sequence: number; readonly time: number }) => add(event, [[column, 1]])
}

export const statistics = readModel({
  name: "statistics",
  version: 1,
  tables: [
    {
      name: "hours",
      key: "hour",
      ddl: `
        create table hours (
          hour integer primary key, -- its beginning, milliseconds since the epoch
          updated integer not null,
          ${columns.map((column) => `${column} integer not null default 0`).join(",\n          ")}
        ) strict;
      `
    }
  ],
  // It asks tables of others, which have to be folded before it: see the catalogue.
  fold: {
    "message.received": (prepare) => {
      const add = counting(prepare)
      return (event) =>
        add(event, [
          ["messages", 1],
          ["links", event.data.links.length]
        ])
    },
    "scan.completed": (prepare) => {
      const add = counting(prepare)
      // A second result for the same cause is no row of its own.
      const isFirst = prepare<[number]>("select 1 from scans where sequence = ?")
      return (event) => {
        if (isFirst.get(event.sequence) === undefined) return
        const { again, level } = event.data
        add(event, [[`scans_${level}`, 1], ...(again === undefined ? [] : ([["scans_again", 1]] as const))])
      }
    },
    "verdict.decided": (prepare) => {
      const judge = judging(prepare)
      return (event) => judge(event, [])
    },
    "verdict.suppressed": (prepare) => {
      const judge = judging(prepare)
      return (event) => judge(event, [["suppressed", 1]])
    },
    "verdict.revised": ended("revised"),
    "verdict.withdrawn": ended("withdrawn"),
    "outbox.sent": (prepare) => {
      const add = counting(prepare)
      const about = prepare<[string], { readonly at: number }>(
        `select m.at from outbox o join messages m on m.message = o.message
         where o.outbox = ? and o.target is null
           and exists (select 1 from sightings s where s.message = o.message and s.notice = o.outbox)`
      )
      return (event) =>
        add(event, [["sent", 1], ...took("warned_after", about.get(event.data.outbox)?.at, event.data.at)])
    },
    "outbox.failed": ended("failed"),
    "outbox.cancelled": ended("cancelled"),
    "schedule.fired": (prepare) => {
      const add = counting(prepare)
      return (event) => {
        const { at, planned, why } = event.data
        add(event, [["fired", 1], ...(why === "due" ? took("late", planned, at) : [])])
      }
    },
    "schedule.missed": (prepare) => {
      const add = counting(prepare)
      return (event) => add(event, [["missed", event.data.count]])
    }
  }
})

export const steps = ["hour", "day"] as const
export type Step = (typeof steps)[number]

const stepMillis = { hour: hourMillis, day: 24 * hourMillis } as const

/** The most hours or days of one answer. */
export const statisticsStepsMax = 1_000

/**
 * How long things took, in milliseconds: the bounds below which at most half and nineteen of twenty lie; null where there
 * were none. What took more than an hour is said to have taken an hour.
 */
export interface Took {
  readonly count: number
  readonly p50: number | null
  readonly p95: number | null
}

export interface StatisticsRow {
  /** Its beginning, milliseconds since the epoch. Days begin at midnight UTC. */
  readonly start: number
  readonly messages: number
  readonly links: number
  readonly scans: Readonly<Record<Level, number>>
  readonly scansAgain: number
  /** First verdicts, said or not. */
  readonly verdicts: Readonly<Record<Level, number>>
  readonly suppressed: number
  readonly revised: number
  readonly withdrawn: number
  readonly sent: number
  readonly failed: number
  readonly cancelled: number
  readonly fired: number
  readonly missed: number
  readonly verdictAfter: Took
  readonly warnedAfter: Took
  readonly late: Took
}

type Stored = Readonly<Record<Column | "start", number>>

const tookIn = (row: Stored, duration: Duration): Took => {
  const counts = columnsOf(duration).map((column) => row[column] ?? 0)
  const count = counts.reduce((sum, one) => sum + one, 0)
  const below = (share: number): number | null => {
    let sum = 0
    for (const [bucket, one] of counts.entries()) {
      sum += one
      if (count > 0 && sum >= count * share) return boundsMillis[bucket] ?? boundsMillis.at(-1)!
    }
    return null
  }
  return { count, p50: below(0.5), p95: below(0.95) }
}

const levelsIn = (row: Stored, of: "scans" | "verdicts") => ({
  benign: row[`${of}_benign`],
  suspicious: row[`${of}_suspicious`],
  malicious: row[`${of}_malicious`]
})

const rowOf = (row: Stored): StatisticsRow => {
  const { cancelled, failed, fired, links, messages, missed, revised, sent, start, suppressed, withdrawn } =
    row
  return {
    start,
    messages,
    links,
    scans: levelsIn(row, "scans"),
    scansAgain: row.scans_again,
    verdicts: levelsIn(row, "verdicts"),
    suppressed,
    revised,
    withdrawn,
    sent,
    failed,
    cancelled,
    fired,
    missed,
    verdictAfter: tookIn(row, "verdict_after"),
    warnedAfter: tookIn(row, "warned_after"),
    late: tookIn(row, "late")
  }
}

export const statisticsQuery = (db: Sqlite) => {
  const sums = columns.map((column) => `sum(${column}) as ${column}`).join(", ")
  const by = (step: Step) =>
    db.prepare<[number, number, number], Stored>(
      `select hour - hour % ${stepMillis[step]} as start, ${sums} from hours
       where hour >= ? and hour < ? group by start order by start limit ?`
    )
  const statements = { hour: by("hour"), day: by("day") }
  /** Hours or days in which anything happened, the first first. `from` and `to` are milliseconds since the epoch. */
  return (step: Step, from: number, to: number): ReadonlyArray<StatisticsRow> => {
    const begin = from - (from % stepMillis[step])
    return statements[step].all(begin, to, statisticsStepsMax).map(rowOf)
  }
}
