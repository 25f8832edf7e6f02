import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import fc from "fast-check"
import { completedCard } from "../../../actors/schedule/complete-card.ts"
import { type ContactCard, ImportContacts, MergeContacts } from "../../../contracts/contact.ts"
import { JobCreated, occurrenceRecipientsMax } from "../../../contracts/schedule.ts"
import { contacts, tagged } from "../../../actors/schedule/model.ts"
import { contactNow, resolveRecipients } from "../../../actors/schedule/resolve-recipients.ts"
import type { Collection } from "../../../infra/actor/collection.ts"
import type { StateReader } from "../../../infra/actor/state.ts"
import { contactId, hour, jobId, makeAgenda, minute } from "./agenda.ts"

const start = Date.parse("2026-01-01T00:00:00Z")
const by = "operator"
const card = (number: string, more: Partial<ContactCard> = {}): ContactCard => ({
  name: "Ada",
  aliases: [],
  number,
  tags: [],
  favourite: false,
  notes: "",
  ...more
})

describe("a contact that was merged into another one", () => {
  it.effect("and is saved again is itself, and may have the other one merged into it", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      yield* agenda.saves(1, "Ada")
      yield* agenda.saves(2, "Bea")
      yield* agenda.ask(MergeContacts, { contact: contactId(2), other: contactId(1), by })
      expect(contactNow(agenda.state(), contactId(1))?.contact).toBe(contactId(2))
      yield* agenda.saves(1, "Ada")
      expect(contactNow(agenda.state(), contactId(1))?.contact).toBe(contactId(1))
      yield* agenda.ask(MergeContacts, { contact: contactId(1), other: contactId(2), by })
      const texts = ["Hi {{contact.name}}"]
      yield* agenda.create(1, { recipients: [{ contact: contactId(1) }], texts })
      yield* agenda.create(2, { recipients: [{ contact: contactId(2) }], texts })
      yield* agenda.setsClock(start + hour)
      yield* agenda.passes(minute)
      expect(agenda.texts()).toEqual(["Hi Ada", "Hi Ada"])
      const { fresh, kept } = yield* agenda.digests
      expect(fresh).toBe(kept)
    })
  )
})

describe("a job that breaks", () => {
  it.effect("holds back no other", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      const chat = yield* agenda.chat("Ada")
      const example = JobCreated.example as Parameters<typeof JobCreated>[0]
      yield* agenda.append(
        JobCreated({
          ...example,
          job: jobId(9),
          timing: { zone: "UTC", start: "2026-01-01T01:00:00" },
          recipients: [{ to: "chat", chat, gateway: "sandbox" }],
          // It says to have more messages than it has.
          parts: example.words.messages.length + 1,
          next: start + hour - 1_000,
          zones: process.versions.tz ?? ""
        })
      )
      yield* agenda.create(1)
      yield* agenda.create(2, { timing: { zone: "UTC", start: "2026-01-01T01:05:00" } })
      yield* agenda.setsClock(start + hour)
      yield* agenda.passes(minute)
      expect(agenda.texts()).toEqual(["hello"])
      yield* agenda.setsClock(start + hour + 5 * minute)
      yield* agenda.passes(minute)
      expect(agenda.texts()).toEqual(["hello", "hello"])
    })
  )
})

describe("contacts that are made one", () => {
  it.effect(
    "by an import take what there is room for, which says of whom there was more, and changes nothing the second time",
    () =>
      Effect.gen(function* () {
        const agenda = yield* makeAgenda()
        const imports = (first: number, ...cards: ReadonlyArray<ContactCard>) =>
          agenda.ask(ImportContacts, {
            contacts: cards.map((it, index) => ({ contact: contactId(first + index), card: it })),
            by
          })
        const [ada, bea] = ["+491700000001", "+491700000002"] as const
        expect(yield* imports(10, card(ada, { notes: "a".repeat(4_000) }))).toMatchObject({
          added: 1,
          clipped: []
        })
        const more = [card(ada, { notes: "b".repeat(4_000) }), card(bea)]
        expect(yield* imports(20, ...more)).toMatchObject({ added: 1, completed: 1, clipped: [ada] })
        expect(yield* imports(30, ...more)).toMatchObject({ added: 0, completed: 0, unchanged: 2 })
      })
  )

  it.effect("by a person have to have room for all of both", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      for (const number of [1, 2])
        yield* agenda.saves(number, "Ada", {
          tags: Array.from({ length: 30 }, (_, index) => `tag ${number} ${index}`)
        })
      const refused = yield* Effect.flip(
        agenda.ask(MergeContacts, { contact: contactId(1), other: contactId(2), by })
      )
      expect(refused).toMatchObject({
        reason: "invalid",
        message: expect.stringContaining("50 tags") as string
      })
    })
  )

  it("are a card that has all of both, or as much as a card may have", () => {
    const letter = fc.constantFrom("a", "b", "c")
    const words = fc
      .tuple(letter, fc.nat(50))
      .map(([it, count]) => Array.from({ length: count }, (_, index) => `${it}${index}`))
    const notes = fc.tuple(letter, fc.nat(5_000)).map(([it, length]) => it.repeat(length))
    const cards = fc.record({
      name: letter,
      aliases: words,
      tags: words,
      favourite: fc.boolean(),
      notes,
      number: fc.constant("+491700000001")
    })
    fc.assert(
      fc.property(cards, cards, (one, other) => {
        const { card: both, isWhole } = completedCard(one, other)
        expect(Math.max(both.aliases.length, both.tags.length)).toBeLessThanOrEqual(50)
        expect(both.notes.length).toBeLessThanOrEqual(5_000)
        expect(completedCard(both, other).card).toEqual(both)
        const hasAll =
          [...one.tags, ...other.tags].every((tag) => both.tags.includes(tag)) &&
          both.notes.includes(other.notes) &&
          [both.name, ...both.aliases].includes(other.name)
        expect(isWhole).toBe(
          hasAll &&
            [...one.aliases, ...other.aliases].every((it) => [both.name, ...both.aliases].includes(it))
        )
      })
    )
  })
})

describe("the recipients of an occurrence", () => {
  it("are as many as there is room for, and how many were left out is known", () => {
    const count = occurrenceRecipientsMax + 3
    const state = {
      get: (from: Collection<unknown>, key: string) =>
        from.name === contacts.name ? { contact: key, chat: `c${key}` } : undefined,
      walk: (from: Collection<unknown>) =>
        from.name === tagged.name ? Array.from({ length: count }, (_, index) => [`tag/${index}`, true]) : []
    } as unknown as StateReader
    const found = resolveRecipients(state, [{ to: "tag", tag: "tag" }], { pseudonymsOf: (token) => [token] })
    expect([found.recipients.length, found.leftOut, found.optedOut]).toEqual([occurrenceRecipientsMax, 3, 0])
  })
})
