import fc from "fast-check"
import { expect, it } from "vitest"
import type { AnyFact } from "../../contracts/catalogue.ts"
import { queriesOn } from "../../projections/reader.ts"
import { searchOn } from "../../projections/search/search.ts"
import { matchOf, snippetOf, termsOf } from "../../projections/search/match.ts"
import { searchKinds, type SearchKind } from "../../projections/search/sources.ts"
import { type Folded, given, recorded, startMillis } from "./given.ts"
import { chat, erased, everyExample, link, otherLink, received, renamed, scanned } from "./story.ts"

type Search = Folded["queries"]["search"]

const find = (search: Search, text: string, kinds: ReadonlyArray<SearchKind> = searchKinds) => {
  while (!search.step());
  return search.find({ text, kinds, limit: 10, skip: 0 }).map(({ id, kind }) => [kind, id])
}

const exampleOf = <Name extends AnyFact["type"]>(name: Name) =>
  everyExample.find((fact): fact is Extract<AnyFact, { readonly type: Name }> => fact.type === name)!

const found = { url: "http://paypa1-login.example/konto", details: ["imitates PayPal"] }
const named = renamed({ name: "Straße der Künste" })

it("finds links, reasons, chats, contacts and jobs by their words and the beginnings of words", () => {
  const contact = exampleOf("contact.saved")
  const job = exampleOf("schedule.created")
  const { search } = given(received(), named, scanned({ found }), contact, job).queries
  expect(find(search, "paypa1-login")).toEqual([["link", link]])
  expect(find(search, "imitat")).toEqual([["reason", link]])
  expect(find(search, scanned().data.evidence[0]!.kind, ["reason"])).toEqual([["reason", link]])
  expect(find(search, "kunste strasse")).toEqual([])
  expect(find(search, "KUNSTE")).toEqual([["chat", chat]])
  expect(find(search, contact.data.card.name)).toContainEqual(["contact", contact.data.contact])
  expect(find(search, job.data.words.messages[0]!.text.split(" ")[0]!)).toContainEqual(["job", job.data.job])
  expect(find(search, "paypa1-login", ["chat"])).toEqual([])
  expect(find(search, "login nowhere")).toEqual([])
  expect(find(search, '"login example"')).toEqual([["link", link]])
  expect(find(search, '"example login"')).toEqual([])
})

it("finds what came or changed since, and no longer what it was called before", () => {
  const folded = given(received(), named)
  const { search } = folded.queries
  expect(find(search, "kunste")).toEqual([["chat", chat]])
  folded.apply([recorded(renamed({ name: "Neighbours" }), 3), recorded(scanned({ found }), 4)])
  folded.db.exec("update checkpoint set sequence = 4")
  expect([find(search, "kunste"), find(search, "neigh"), find(search, "konto")]).toEqual([
    [],
    [["chat", chat]],
    [["link", link]]
  ])
})

it("finds nothing of a chat once it is forgotten, or its keys are gone and nothing is folded yet", () => {
  const folded = given(received(), named, scanned({ found }))
  let isGone = false
  const open = <T>(sealed: string | null): T | null =>
    sealed === null || isGone ? null : (JSON.parse(sealed.slice(3)) as T)
  const { search } = queriesOn(folded.db, { open })
  expect(find(search, "kunste")).toHaveLength(1)
  isGone = true
  expect([find(search, "kunste"), find(search, "konto"), find(search, "imitates")]).toEqual([[], [], []])
  isGone = false
  const other = given(received(), named, scanned({ found }))
  expect(find(other.queries.search, "konto")).toHaveLength(1)
  other.apply([recorded(erased({ subject: chat }), 4)])
  other.db.exec("update checkpoint set sequence = 4")
  expect([find(other.queries.search, "kunste"), find(other.queries.search, "konto")]).toEqual([[], []])
})

it("says from when on links are searched, where there are more results than that", () => {
  const old = scanned({ link: otherLink, found: { url: "http://old.example/", details: [] } })
  const { db } = given(old, scanned({ found }), scanned({ found }))
  const open = <T>(sealed: string | null): T | null =>
    sealed === null ? null : (JSON.parse(sealed.slice(3)) as T)
  const some = searchOn(db, { open }, 2)
  expect([find(some, "old"), find(some, "konto")]).toEqual([[], [["link", link]]])
  expect(some.searchedSince()).toBe(startMillis + 2_000)
  const all = searchOn(db, { open }, 3)
  expect(find(all, "old")).toEqual([["link", otherLink]])
  expect(all.searchedSince()).toBeNull()
})

it("an index that was dropped is made again", () => {
  const { search } = given(received(), named).queries
  expect(find(search, "kunste")).toHaveLength(1)
  search.drop()
  expect(search.find({ text: "kunste", kinds: searchKinds, limit: 10, skip: 0 })).toEqual([])
  expect(find(search, "kunste")).toHaveLength(1)
})

it("nothing that can be typed is a mistake, and whatever has a word of a name finds it", () => {
  const { search } = given(received(), named).queries
  const operators = fc.constantFrom(
    '"',
    "*",
    "(",
    ")",
    "AND",
    "OR",
    "NOT",
    "NEAR",
    "^",
    ":",
    "-",
    "+",
    "text:",
    "\0",
    "'"
  )
  const typed = fc.oneof(
    fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
      .map((codes) => String.fromCharCode(...codes)),
    fc.array(fc.oneof(operators, fc.string({ maxLength: 5 })), { maxLength: 8 }).map((all) => all.join(" "))
  )
  fc.assert(
    fc.property(typed, (text) => {
      expect(() => find(search, text)).not.toThrow()
      expect(matchOf(termsOf(text)).length).toBeLessThan(1_000)
    }),
    { numRuns: 200 }
  )
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom("", "!", "-", "(", '"', " *"),
      (length, noise) => {
        expect(find(search, `${noise}${"Kunste".slice(0, length)}`)).toEqual([["chat", chat]])
      }
    )
  )
})

it("a snippet has what was found in it, and no more of the text than around it", () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z ]{0,200}$/u),
      fc.stringMatching(/^[a-z ]{0,200}$/u),
      (before, after) => {
        const { mark, text } = snippetOf(`${before}NEEDLE${after}`, termsOf("needle"))
        expect(text.slice(mark!.start, mark!.end)).toBe("NEEDLE")
        expect(text.length).toBeLessThanOrEqual(128)
      }
    )
  )
})
