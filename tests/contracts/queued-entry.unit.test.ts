import { describe, expect, it } from "vitest"
import { events } from "../../contracts/catalogue.ts"
import type { AnyFact } from "../../contracts/catalogue.ts"
import { OutboxQueued } from "../../contracts/outbox.ts"
import { entryQueuedBy, queueing } from "../../contracts/queued-entry.ts"
import { VerdictDecided } from "../../contracts/verdict.ts"

const examples = events.map((type) => ({ type: type.type, data: type.example }) as unknown as AnyFact)
const decided = examples.find((fact) => fact.type === "verdict.decided")!

describe("the entry that a fact queues", () => {
  it("is there for each event that is declared to queue one, and for no other", () => {
    const names = examples.filter((fact) => entryQueuedBy(fact) !== undefined).map(({ type }) => type)
    expect(names.toSorted()).toEqual(queueing.map(({ type }) => type).toSorted())
  })

  it("has the same fields whether a verdict carries it or it comes by itself", () => {
    const carried = entryQueuedBy(decided)!
    expect(Object.keys(carried).toSorted()).toEqual(Object.keys(OutboxQueued.example as object).toSorted())
    const { chat, message, sender } = decided.data as ReturnType<typeof VerdictDecided>["data"]
    expect(carried).toMatchObject({ chat, message, sender })
  })

  it("is absent where a verdict says nothing", () => {
    const {
      body: _body,
      notice: _notice,
      ...silent
    } = decided.data as ReturnType<typeof VerdictDecided>["data"]
    expect(entryQueuedBy(VerdictDecided(silent))).toBeUndefined()
  })

  it("is never passed over for want of its words", () => {
    const { body: _body, ...wordless } = decided.data as ReturnType<typeof VerdictDecided>["data"]
    expect(() => entryQueuedBy(VerdictDecided(wordless))).toThrow(/expected the words of the notice/)
  })
})
