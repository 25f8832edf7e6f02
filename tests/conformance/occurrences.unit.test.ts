import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { occurrences } from "../../actors/operator/batch/schedule-operations.ts"

const casesOf = <Row>(name: string): ReadonlyArray<Row> => {
  const { cases }: { readonly cases: ReadonlyArray<Row> } = JSON.parse(
    readFileSync(new URL(`./data/${name}.json`, import.meta.url), "utf8")
  )
  return cases
}

interface Shown {
  readonly occurrences?: ReadonlyArray<{
    readonly local: string
    readonly utc: string
    readonly note?: string
  }>
  readonly error?: string
}

const ask = (input: object): Shown => occurrences(input)
const utc = (shown: Shown) => shown.occurrences?.map(({ utc }) => utc) ?? shown.error
const local = (shown: Shown) => shown.occurrences?.map(({ local }) => local) ?? shown.error

interface LocalRow {
  readonly id: string
  readonly rule: string
  readonly dtstart: string
  readonly expected: ReadonlyArray<string>
  readonly limit: number
  readonly dateutilDiffers?: boolean
}

interface ZonedRow extends LocalRow {
  readonly tz: string
  readonly expectedUtc: ReadonlyArray<string>
  readonly exdate?: ReadonlyArray<string>
  readonly rdate?: ReadonlyArray<string>
  readonly between?: readonly [string, string]
}

describe("rules of other libraries' suites", () => {
  it.each(casesOf<LocalRow>("rrule-local").map((row) => [row.id, row.rule, row] as const))(
    "happen as they say: %s %s",
    (_, rule, { dtstart, expected, limit }) => {
      expect(local(ask({ start: dtstart, zone: "UTC", rule, count: limit }))).toEqual(expected)
    }
  )

  it.each(casesOf<ZonedRow>("rrule-tz").map((row) => [row.id, row.rule, row] as const))(
    "happen in their zone as they say: %s %s",
    (_, rule, { between, dtstart, exdate = [], expectedUtc, limit, rdate = [], tz }) => {
      const [from = null, until = null] = between ?? []
      const input = { start: dtstart, zone: tz, rule, exdate, rdate, from, until, count: limit }
      expect(utc(ask(input))).toEqual(expectedUtc)
    }
  )
})

interface CronRow {
  readonly id: string
  readonly kind: "next" | "matches" | "invalid"
  readonly spec: string
  readonly tz: string
  readonly from: string
  readonly next: ReadonlyArray<string>
  readonly at: string
  readonly expected: boolean
  readonly policy?: string
  readonly contested?: string
}

// robfig's cron leaves out a time that does not exist, and runs a daily job in both hours of one that comes twice.
const otherPolicies = ["robfig-0031", "robfig-0033", "robfig-0038"]

const isDisputed = ({ contested, id, policy }: CronRow): boolean =>
  contested !== undefined || policy !== undefined || otherPolicies.includes(id)

const justBefore = (at: string): string => new Date(Date.parse(at) - 1000).toISOString().replace(".000", "")

describe("cron expressions of other libraries' suites", () => {
  const rows = casesOf<CronRow>("cron").filter((row) => !isDisputed(row))

  it.each(rows.filter(({ kind }) => kind === "next").map((row) => [row.id, row.spec, row] as const))(
    "run next when they say: %s %s",
    (_, rule, { from, next, tz }) => {
      expect(utc(ask({ zone: tz, rule, from, count: next.length }))).toEqual(next)
    }
  )

  it.each(rows.filter(({ kind }) => kind === "matches").map((row) => [row.id, row.spec, row] as const))(
    "run at a moment, or not, as they say: %s %s",
    (_, rule, { at, expected, tz }) => {
      expect(utc(ask({ zone: tz, rule, from: justBefore(at), until: at }))).toEqual(expected ? [at] : [])
    }
  )
})

interface OnceRow {
  readonly id: string
  readonly tz: string
  readonly local: string
  readonly kind: "normal" | "gap" | "overlap"
  readonly compatible: string
}

// Zones whose rules were changed after these rows were made, where the tz database of today says something else.
const changedSince = /^(?:Africa\/Casablanca 2027|America\/Vancouver 2027|Europe\/Chisinau)/

describe("local times of zones' own changes", () => {
  const rows = casesOf<OnceRow>("local-to-utc").filter((row) => !changedSince.test(`${row.tz} ${row.local}`))

  it.each(rows.map((row) => [row.id, row.kind, row] as const))(
    "are those instants: %s, %s",
    (_, kind, { compatible, local, tz }) => {
      const shown = ask({ start: local, zone: tz })
      expect(utc(shown)).toEqual([compatible])
      expect(shown.occurrences?.[0]?.note !== undefined).toBe(kind !== "normal")
    }
  )
})
