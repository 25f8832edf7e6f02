import fc from "fast-check"
import { expect, it } from "vitest"
import type { ChatId } from "../../contracts/ids.ts"
import type { Level } from "../../contracts/level.ts"
import type { Sqlite } from "../../infra/sqlite/open.ts"
import { type VerdictFilter, verdictQueries } from "../../projections/verdict-queries.ts"
import type { VerdictStatus } from "../../projections/verdicts.ts"
import { emptyModels } from "./given.ts"
import { chat, link, otherChat, sender } from "./story.ts"

const absent = undefined
const chats = [absent, chat, otherChat]
const levels: ReadonlyArray<Level | undefined> = [absent, "benign", "suspicious", "malicious"]
const told: ReadonlyArray<VerdictStatus> = [
  "waiting",
  "deferred",
  "decided",
  "suppressed",
  "revised",
  "withdrawn"
]
const statuses = [absent, ...told]

interface Row {
  readonly chat: ChatId
  readonly level: Level | null
  readonly status: VerdictStatus
}

const anyRow: fc.Arbitrary<Row> = fc.record({
  chat: fc.constantFrom(chat, otherChat),
  level: fc.constantFrom(null, "benign", "suspicious", "malicious"),
  status: fc.constantFrom(...told)
})

/** Verdicts as they may stand, one a message. */
const putting = (db: Sqlite) => {
  const put = db.prepare(
    `insert into sightings (place, chat, message, link, sender, present, level, status, first_at, last_at, updated)
     values (?, ?, ?, ?, ?, 1, ?, ?, 0, 0, 0)`
  )
  return (rows: ReadonlyArray<Row>) => {
    db.exec("delete from sightings")
    rows.forEach((row, index) =>
      put.run(index + 1, row.chat, `m${index}`, link, sender, row.level, row.status)
    )
  }
}

it("a list by chat, level and status is what there is of those among all verdicts, in the same order", () => {
  const { db, queries } = emptyModels()
  const put = putting(db)
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 30 }), fc.boolean(), (rows, oldestFirst) => {
      put(rows)
      const all = queries.verdicts.list({ oldestFirst })
      expect(all.length).toBe(rows.length)
      for (const ofChat of chats)
        for (const level of levels)
          for (const status of statuses)
            expect(queries.verdicts.list({ chat: ofChat, level, status, oldestFirst })).toEqual(
              all.filter(
                (row) =>
                  (ofChat === absent || row.chat === ofChat) &&
                  (level === absent || row.level === level) &&
                  (status === absent || row.status === status)
              )
            )
    }),
    { numRuns: 8 }
  )
})

/** The statements that are prepared while something runs, and what SQLite means to do for each. */
const plansOf = (db: Sqlite, run: (db: Sqlite) => void): ReadonlyArray<string> => {
  const plans: Array<string> = []
  const explain = (sql: string) => {
    const parameters = Array.from({ length: sql.split("?").length - 1 }, () => "1")
    const steps = db.prepare<Array<string>, { readonly detail: string }>(`explain query plan ${sql}`)
    plans.push(
      steps
        .all(...parameters)
        .map(({ detail }) => detail)
        .join("\n")
    )
  }
  run(
    new Proxy(db, {
      get: (own, name) =>
        name === "prepare"
          ? (sql: string) => {
              explain(sql)
              return own.prepare(sql)
            }
          : Reflect.get(own, name)
    })
  )
  return plans
}

/** Along which index the verdicts of a filter are walked. */
const walkOf = (db: Sqlite, filter: VerdictFilter): string => {
  const plan = plansOf(db, (spied) => void verdictQueries(spied, { open: () => null }).list(filter)).at(-1)!
  expect(plan, "sorts").not.toContain("TEMP B-TREE")
  expect(plan, "reads a whole table").not.toMatch(/^SCAN/mu)
  return /SEARCH s USING (?:COVERING )?(?:INDEX )?(.*)/u.exec(plan)![1]!
}

it("verdicts are found along the index of what is rare among what is asked for, and never sorted", () => {
  const { db } = emptyModels()
  const walk = (filter: VerdictFilter) => walkOf(db, filter)
  const byChat = "sightings_by_chat (chat=? AND place<?)"
  const byStatus = "sightings_by_status (status=? AND place<?)"
  const byLevel = "sightings_by_level (level=? AND place<?)"
  const byChatAndLevel = "sightings_by_chat_level (chat=? AND level=? AND place<?)"
  const byPlace = "INTEGER PRIMARY KEY (rowid<?)"
  expect(walk({})).toBe(byPlace)
  expect(walk({ level: "benign" })).toBe(byPlace)
  expect(walk({ chat })).toBe(byChat)
  expect(walk({ chat, level: "benign" })).toBe(byChat)
  expect(walk({ chat, status: "decided" })).toBe(byChat)
  expect(walk({ status: "decided" })).toBe(byStatus)
  expect(walk({ chat, status: "waiting" })).toBe(byStatus)
  expect(walk({ level: "malicious" })).toBe(byLevel)
  expect(walk({ level: "suspicious", status: "decided" })).toBe(byLevel)
  expect(walk({ chat, level: "malicious" })).toBe(byChatAndLevel)
  expect(walk({ chat, level: "malicious", status: "suppressed" })).toBe(byChatAndLevel)
})
