import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { readModels } from "../../projections/catalogue.ts"
import { differencesBetween } from "../../projections/past/difference.ts"
import { parseMoment, sequenceAt } from "../../projections/past/moment.ts"
import { emptyModels, inOrder } from "./given.ts"
import { append, simulated } from "./simulated.ts"
import { chat, everyExample, muted, otherChat, renamed } from "./story.ts"

describe("a moment", () => {
  it.each([
    ["42", { sequence: 42 }],
    ["0", { sequence: 0 }],
    ["2026-01-31", { time: Date.UTC(2026, 0, 31) }],
    ["2026-01-31T10:00", { time: Date.UTC(2026, 0, 31, 10) }],
    ["2026-01-31 10:00:30.5+02:00", { time: Date.UTC(2026, 0, 31, 8, 0, 30, 500) }],
    ["2026-01-31t10:00:00z", { time: Date.UTC(2026, 0, 31, 10) }],
    ["2026-02-31T25:00", undefined],
    ["-1", undefined],
    ["yesterday", undefined],
    ["", undefined]
  ])("%j is read as %j", (text, moment) => {
    expect(parseMoment(text)).toEqual(moment)
  })

  it.effect("that is a time stands for the last event of that time", () =>
    Effect.gen(function* () {
      for (const minutes of [0, 1, 1, 5]) {
        yield* TestClock.setTime(minutes * 60_000)
        yield* append([muted()])
      }
      const found = yield* Effect.forEach([-1, 0, 1, 60_000, 299_999, 300_000, 1e12], sequenceAt)
      expect(found).toEqual([0, 1, 1, 3, 3, 4, 4])
    }).pipe(Effect.provide(simulated()))
  )
})

describe("the difference of two folds", () => {
  const folded = () => {
    const models = emptyModels()
    models.apply(inOrder([...everyExample, renamed(), renamed({ chat: otherChat })]))
    return models.db
  }

  it.each([
    ["a row that was changed", "update chats set messages = 77", "chats", chat, "changed"],
    [
      "a row that is not there",
      `delete from chats where chat = '${otherChat}'`,
      "chats",
      otherChat,
      "missing"
    ],
    [
      "a row that should not be there",
      "insert into withheld (sequence, chat, reason, at) values (0, 'c0', 'no-consent', 0)",
      "withheld",
      "0",
      "surplus"
    ]
  ])("is %s, by its key", (_, sql, table, key, how) => {
    const live = folded()
    live.exec(sql)
    expect(differencesBetween(live, folded(), readModels).differences).toEqual([
      { model: table, table, key, how }
    ])
  })

  it("is none where both are the same", () => {
    expect(differencesBetween(folded(), folded(), readModels).differences).toEqual([])
  })
})
