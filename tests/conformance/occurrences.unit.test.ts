import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { occurrences } from "../../actors/operator/batch/schedule-operations.ts"
import {
  askCron,
  askLocal,
  askOnce,
  askZoned,
  type CronRow,
  foundCron,
  foundLocal,
  foundOnce,
  foundZoned,
  hasChangedSince,
  isDisputed,
  type LocalRow,
  type OnceRow,
  type ShownOccurrences,
  type ZonedRow
} from "./occurrence-rows.ts"

const casesOf = <Row>(name: string): ReadonlyArray<Row> => {
  const { cases }: { readonly cases: ReadonlyArray<Row> } = JSON.parse(
    readFileSync(new URL(`./data/${name}.json`, import.meta.url), "utf8")
  )
  return cases
}

const ask = (input: object): ShownOccurrences => occurrences(input)

describe("rules of other libraries' suites", () => {
  it.each(casesOf<LocalRow>("rrule-local").map((row) => [row.id, row.rule, row] as const))(
    "happen as they say: %s %s",
    (_, _rule, row) => {
      const { expected, found } = foundLocal(ask(askLocal(row)), row)
      expect(found).toEqual(expected)
    }
  )

  it.each(casesOf<ZonedRow>("rrule-tz").map((row) => [row.id, row.rule, row] as const))(
    "happen in their zone as they say: %s %s",
    (_, _rule, row) => {
      const { expected, found } = foundZoned(ask(askZoned(row)), row)
      expect(found).toEqual(expected)
    }
  )
})

describe("cron expressions of other libraries' suites", () => {
  const rows = casesOf<CronRow>("cron").filter((row) => !isDisputed(row))
  const ofKind = (kind: CronRow["kind"]) =>
    rows.filter((row) => row.kind === kind).map((row) => [row.id, row.spec, row] as const)

  it.each(ofKind("next"))("run next when they say: %s %s", (_, _spec, row) => {
    const { expected, found } = foundCron(ask(askCron(row)), row)
    expect(found).toEqual(expected)
  })

  it.each(ofKind("matches"))("run at a moment, or not, as they say: %s %s", (_, _spec, row) => {
    const { expected, found } = foundCron(ask(askCron(row)), row)
    expect(found).toEqual(expected)
  })
})

describe("local times of zones' own changes", () => {
  const rows = casesOf<OnceRow>("local-to-utc").filter((row) => !hasChangedSince(row))

  it.each(rows.map((row) => [row.id, row.kind, row] as const))(
    "are those instants: %s, %s",
    (_, _kind, row) => {
      const { expected, found } = foundOnce(ask(askOnce(row)), row)
      expect(found).toEqual(expected)
    }
  )
})
