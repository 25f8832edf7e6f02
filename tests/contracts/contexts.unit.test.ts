import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { events } from "../../contracts/catalogue.ts"
import { boundaryOf, type Context, contexts } from "../../contracts/contexts.ts"
import { eventSubject, parseEventSubject } from "../../contracts/subjects.ts"
import { AccountId, hashOf } from "../../contracts/ids.ts"

/** The table of the architecture: context, boundary, the one writer, and the expectation on append. */
const table = [
  ["session", "main", "whatsapp", "boundary"],
  ["message", "chat", "whatsapp", "boundary"],
  ["scan", "link-shard", "scan", "none"],
  ["policy", "chat-or-all", "verdict", "boundary"],
  ["verdict", "chat", "verdict", "boundary"],
  ["outbox", "chat", "whatsapp", "boundary"],
  ["schedule", "job", "schedule", "boundary"],
  ["contact", "contact-shard", "schedule", "boundary"],
  ["feed", "source", "scan", "boundary"],
  ["source", "source", "scan", "boundary"],
  ["backup", "main", "backup", "boundary"],
  ["erasure", "main", "admin", "boundary"],
  ["account", "main", "admin", "boundary"],
  ["actor", "main", "runtime", "boundary"],
  ["projection", "main", "runtime", "boundary"]
] as const

describe("the contexts", () => {
  it.each(table)(
    "%s has the boundary %s, the writer %s and the expectation %s",
    (name, boundary, writer, expectation) => {
      expect(contexts[name]).toMatchObject({ boundary, writer, expectation })
    }
  )

  it("are those of the table", () => {
    expect(Object.keys(contexts).toSorted()).toEqual(table.map(([name]) => name).toSorted())
  })
})

const data = {
  chat: "c0example0",
  link: "a9993e36",
  job: "01941f29",
  contact: "01941f29-7c00",
  source: "urlhaus"
}

const shardsOf = (context: Context, key: "link" | "contact") =>
  new Set(Array.from({ length: 5_000 }, (_, index) => boundaryOf(context, { [key]: hashOf("shard", index) })))

describe("a boundary", () => {
  it.each([
    ["session", "main"],
    ["message", "c0example0"],
    ["scan", "a9"],
    ["policy", "c0example0"],
    ["verdict", "c0example0"],
    ["outbox", "c0example0"],
    ["schedule", "01941f29"],
    ["contact", "00"],
    ["feed", "urlhaus"],
    ["source", "urlhaus"],
    ["backup", "main"],
    ["erasure", "main"],
    ["account", "main"],
    ["actor", "main"],
    ["projection", "main"]
  ] as const)("of %s is read off the data", (context, boundary) => {
    expect(boundaryOf(context, data)).toBe(boundary)
  })

  it("of a policy for everyone is `all`", () => {
    expect(boundaryOf("policy", {})).toBe("all")
  })

  it("of a link is one of 256, and of a contact one of 64, all of them in use", () => {
    expect(shardsOf("scan", "link").size).toBe(256)
    expect(shardsOf("contact", "contact").size).toBe(64)
  })

  it("is a token, whatever hash or UUID it is read off", () => {
    const account = AccountId.make("aexample0")
    fc.assert(
      fc.property(fc.uuid({ version: 7 }), (contact) => {
        const subject = eventSubject(account, "contact", boundaryOf("contact", { contact }), "saved")
        expect(parseEventSubject(subject)?.boundary).toMatch(/^[0-3][0-9a-f]$/)
      })
    )
  })

  it("is there for the example of every event", () => {
    for (const type of events)
      expect(boundaryOf(type.context, type.example as object)).toMatch(/^[a-z0-9_-]{1,40}$/)
  })
})
