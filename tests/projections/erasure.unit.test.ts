import { describe, expect, it } from "vitest"
import { events, eventTypeOf } from "../../contracts/catalogue.ts"
import { readModels } from "../../projections/catalogue.ts"
import type { ReadModel } from "../../projections/read-model.ts"
import { given } from "./given.ts"
import {
  chat,
  decided,
  erased,
  everyExample,
  otherChat,
  otherMessage,
  otherSender,
  received,
  renamed,
  scanned,
  sender
} from "./story.ts"

const page = { limit: 10 }
const told = [renamed(), received(), scanned(), decided()] as const
const strangers = [
  received({ message: otherMessage, chat: otherChat, sender: otherSender, who: { name: "Bob" } }),
  renamed({ chat: otherChat, name: "Work" })
] as const

const personalColumns = readModels.flatMap(({ tables }) =>
  tables.flatMap(({ name, personal }) => (personal?.columns ?? []).map((column) => `${name}.${column}`))
)

describe("when a person is forgotten", () => {
  it("their words and name go, and rows, ids and other people's stay", () => {
    const { queries } = given(...told, ...strangers, erased({ subject: sender }))
    expect(queries.messages.list(chat, page)).toMatchObject([{ text: null, senderName: null, sender }])
    expect(queries.explain(scanned().data.link)).toMatchObject([
      { url: null, reasons: [{ source: "look-alike", detail: null }] }
    ])
    expect(queries.outbox.list(page)).toMatchObject([{ text: null, quotes: null }])
    expect(queries.verdicts.list({ ...page, chat })).toMatchObject([
      { url: null, level: "malicious", chatName: "Family" }
    ])
    expect(queries.messages.list(otherChat, page)).toMatchObject([{ senderName: "Bob" }])
  })

  it("their links are waited for no longer", () => {
    const { queries } = given(received(), ...strangers, erased({ subject: sender }))
    expect(queries.verdicts.waiting()).toBe(1)
    expect(queries.verdicts.list({ ...page, chat })).toMatchObject([
      { status: "withdrawn", reason: "forgotten" }
    ])
  })
})

describe("when a chat is forgotten", () => {
  it("its name and everything said in it go", () => {
    const { queries } = given(...told, ...strangers, erased({ subject: chat }))
    expect(queries.chats.get(chat)).toMatchObject({ name: null, messages: 1 })
    expect(queries.messages.list(chat, page)).toMatchObject([{ text: null, senderName: null }])
    expect(queries.chats.get(otherChat)).toMatchObject({ name: "Work" })
  })
})

/** What the operator says to nobody in particular, sealed under the account's own key. */
const ownedByAccount = ["jobs.words"]

describe("the declarations", () => {
  it("name every column that holds something sealed", () => {
    const { db } = given(...everyExample.filter((fact) => fact.type !== "erasure.completed"))
    const holding = readModels.flatMap(({ tables }: ReadModel) =>
      tables.flatMap(({ name }) =>
        db
          .prepare<[], { name: string }>(`select name from pragma_table_info('${name}')`)
          .all()
          .map((column) => column.name)
          .filter(
            (column) => db.prepare(`select 1 from ${name} where ${column} like 's0:%'`).get() !== undefined
          )
          .map((column) => `${name}.${column}`)
      )
    )
    expect(holding.toSorted()).toEqual([...personalColumns, ...ownedByAccount].toSorted())
  })

  it("leave no personal field of an event without a column that forgets it", () => {
    const fields = events.flatMap((type) => Object.keys(eventTypeOf(type.type)!.personal))
    const columns = personalColumns.map((column) => column.split(".")[1])
    expect(fields.filter((field) => !columns.includes(field))).toEqual([])
  })
})
