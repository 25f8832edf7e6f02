import Database from "better-sqlite3"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { AnyFact } from "../../contracts/catalogue.ts"
import { OptedIn, OptedOut } from "../../contracts/consent.ts"
import { PersonId } from "../../contracts/ids.ts"
import { AdminsChanged, ChatJoined, ChatLeft, PersonLinked } from "../../contracts/membership.ts"
import { createTables } from "../../projections/database.ts"
import { digest } from "../../projections/digest.ts"
import { prepareFolds } from "../../projections/folding.ts"
import { people } from "../../projections/people.ts"
import { given, inOrder, startMillis } from "./given.ts"
import { chat, erased, otherChat, otherMessage, otherSender, received, reacted, sender } from "./story.ts"

const at = 0
const third = PersonId.make("p0example2")
const joined = ChatJoined({ chat, people: [sender, otherSender], self: false, how: "added", by: third, at })
const raised = AdminsChanged({ chat, added: [otherSender], removed: [], at })
const linked = (person: PersonId, same: PersonId) => PersonLinked({ chat, person, same, at })

const listed = (...facts: ReadonlyArray<AnyFact>) => given(...facts).queries.people

describe("people", () => {
  it("are known from whatever names them first, with what they said and where they belong", () => {
    const { list } = listed(
      joined,
      received({ sender }),
      received({ sender, message: otherMessage, who: { name: "Ada L." } }),
      raised,
      OptedOut({ chat: otherChat, person: otherSender, by: "operator" })
    )
    const nothing = { messages: 0, links: 0, name: null, lastAt: null, forgotten: false }
    expect(list()).toMatchObject([
      { ...nothing, person: third, memberOf: [], adminOf: [], optedOutOf: [] },
      { ...nothing, person: otherSender, memberOf: [chat], adminOf: [chat], optedOutOf: [otherChat] },
      {
        person: sender,
        name: "Ada L.",
        messages: 2,
        links: 2,
        memberOf: [chat],
        adminOf: [],
        optedOutOf: [],
        firstAt: startMillis + 1_000,
        lastAt: startMillis + 3_000
      }
    ])
    expect(list({ oldestFirst: true, limit: 1 })).toMatchObject([{ person: sender }])
  })

  it("are found by the group that they are members or admins of, and by where they opted out", () => {
    const out = OptedOut({ chat, person: sender, by: "operator" })
    const named = (rows: ReturnType<ReturnType<typeof listed>["list"]>) => rows.map(({ person }) => person)
    const { list } = listed(joined, raised, out, reacted({ chat: otherChat, sender: third }))
    expect(named(list({ memberOf: chat }))).toEqual([otherSender, sender])
    expect(named(list({ adminOf: chat }))).toEqual([otherSender])
    expect(named(list({ optedOutOf: chat }))).toEqual([sender])
    expect(list({ memberOf: otherChat })).toEqual([])
  })

  it("are no members once they left, no admins once they are removed, and read again once they say so", () => {
    const { list } = listed(
      joined,
      raised,
      OptedOut({ chat, person: sender, by: "operator" }),
      OptedIn({ chat, person: sender, by: "operator" }),
      ChatLeft({ chat, people: [sender], self: false, how: "left", at }),
      AdminsChanged({ chat, added: [], removed: [otherSender], at })
    )
    const none = { adminOf: [], optedOutOf: [] }
    expect(list()).toMatchObject([
      { person: third },
      { person: otherSender, memberOf: [chat], ...none },
      { person: sender, memberOf: [], ...none }
    ])
  })

  it("who turn out to be one are one, with what was said and what holds under either pseudonym", () => {
    const { list } = listed(
      received({ sender: otherSender, who: { name: "Ada" } }),
      joined,
      raised,
      received({ sender: third, message: otherMessage }),
      linked(sender, otherSender),
      linked(third, sender)
    )
    expect(list()).toMatchObject([
      { person: third, messages: 2, links: 2, memberOf: [chat], adminOf: [chat], lastAt: startMillis + 4_000 }
    ])
    expect(list({ adminOf: chat })).toHaveLength(1)
    expect(listed(received({ sender: otherSender }), linked(sender, otherSender)).list()).toMatchObject([
      { person: sender, name: received().data.who.name, messages: 1 }
    ])
  })

  it("nobody is lost where two are found to be each other", () => {
    expect(listed(linked(sender, otherSender), linked(otherSender, sender)).list()).toMatchObject([
      { person: sender }
    ])
    expect(listed(linked(sender, sender)).list()).toMatchObject([{ person: sender }])
  })

  it("have no name once they are forgotten, and stay as a row that says so", () => {
    expect(listed(received(), joined, erased({ subject: sender })).list({ memberOf: chat })).toMatchObject([
      { person: otherSender },
      { person: sender, name: null, forgotten: true, messages: 1 }
    ])
  })
})

const person = fc.constantFrom(sender, otherSender, third, PersonId.make("p0example3"))
const some = fc.array(person, { minLength: 1, maxLength: 3 })
const anything = fc.oneof(
  fc.tuple(person, person).map(([who, same]) => linked(who, same)),
  some.map((who) => ChatJoined({ chat, people: who, self: false, how: "joined", at })),
  some.map((who) => ChatLeft({ chat, people: who, self: false, how: "left", at })),
  fc.tuple(some, some).map(([added, removed]) => AdminsChanged({ chat, added, removed, at })),
  person.map((who) => received({ sender: who })),
  person.map((who) => erased({ subject: who }))
)

/** This read model alone, in memory. */
const alone = () => {
  const db = new Database(":memory:")
  createTables(db, "generation", [people])
  return { db, fold: prepareFolds(db, [people]) }
}

it("whatever is told of people again, and when, changes nothing; everybody stands for themselves, or for one who does", () => {
  fc.assert(
    fc.property(
      fc.array(anything, { maxLength: 20 }),
      fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 20 }),
      (facts, repeats) => {
        const log = inOrder(facts)
        const once = alone()
        log.forEach(once.fold)
        const again = alone()
        log.forEach((event, index) => {
          again.fold(event)
          for (const [when, which] of repeats)
            if (when % log.length === index) again.fold(log[which % (index + 1)]!)
        })
        expect(digest(again.db, [people])).toEqual(digest(once.db, [people]))
        const astray = once.db
          .prepare(
            `select 1 from people p left join people other on other.person = p.stands_in
             where p.stands_in is not null and (other.person is null or other.stands_in is not null)`
          )
          .all()
        expect(astray).toEqual([])
      }
    ),
    { numRuns: 100 }
  )
})
