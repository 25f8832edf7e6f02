import { describe, expect, it } from "vitest"
import {
  ConsentGiven,
  ConsentRequired,
  ConsentWithdrawn,
  MessageUnconsented,
  OptedIn,
  OptedOut
} from "../../contracts/consent.ts"
import { ChatId, PersonId } from "../../contracts/ids.ts"
import { ChatLinked, PersonLinked } from "../../contracts/membership.ts"
import { ReportSettled, VerdictReported } from "../../contracts/report.ts"
import { given } from "./given.ts"

type DataOf<Made extends (data: never) => unknown> = Parameters<Made>[0]

describe("what may not be read", () => {
  it("is counted by reason", () => {
    const data = MessageUnconsented.example as DataOf<typeof MessageUnconsented>
    const optedOut = MessageUnconsented({ ...data, reason: "opted-out" })
    const { queries } = given(MessageUnconsented(data), MessageUnconsented(data), optedOut)
    expect(queries.overview().withheld).toEqual({ "no-consent": 2, "opted-out": 1 })
  })
})

describe("consent", () => {
  const by = "operator"
  const [chat, other] = [ChatId.make("c0example0"), ChatId.make("c0example1")]
  const person = PersonId.make("p0example0")

  it("is what a chat said last, and asked of those that said nothing where it is required", () => {
    const { consent } = given(
      ConsentRequired({ required: true, by }),
      ConsentWithdrawn({ chat, by }),
      ConsentGiven({ chat, by }),
      ConsentWithdrawn({ chat: other, by })
    ).queries
    expect(consent.isRequired()).toBe(true)
    expect(consent.of(chat)).toMatchObject({ given: true, by })
    expect(consent.list().map((row) => [row.chat, row.given])).toEqual([
      [other, false],
      [chat, true]
    ])
    expect(given().queries.consent.isRequired()).toBe(false)
  })

  it("of two chats that turn out to be one is what was said last in either", () => {
    const linked = ChatLinked({ chat, same: other, at: 0 })
    const inherited = given(ConsentWithdrawn({ chat: other, by }), linked).queries.consent
    expect([inherited.of(chat)?.given, inherited.of(other)?.given]).toEqual([false, false])
    expect(inherited.list()).toHaveLength(1)
    const withdrawn = given(ConsentGiven({ chat, by }), ConsentWithdrawn({ chat: other, by }), linked).queries
    expect(withdrawn.consent.of(other)?.given).toBe(false)
    const kept = given(ConsentWithdrawn({ chat: other, by }), ConsentGiven({ chat, by }), linked).queries
    expect(kept.consent.of(other)?.given).toBe(true)
    const later = given(linked, ConsentWithdrawn({ chat: other, by })).queries.consent
    expect(later.of(chat)?.given).toBe(false)
  })

  it("is nobody else's who opted out", () => {
    const out = OptedOut({ chat, person, by })
    expect(given(out).queries.consent.optOuts(chat)).toMatchObject([{ person }])
    expect(given(out).queries.consent.optOuts(other)).toEqual([])
    expect(given(out, OptedIn({ chat, person, by })).queries.consent.optOuts(chat)).toEqual([])
    const linked = given(OptedOut({ chat: other, person, by }), out, ChatLinked({ chat, same: other, at: 0 }))
    expect(linked.queries.consent.optOuts(chat)).toHaveLength(1)
  })

  it("of somebody who opts in counts for each pseudonym, and each chat, under which they opted out", () => {
    const same = PersonId.make("p0example1")
    const out = OptedOut({ chat: other, person: same, by })
    const joined = [PersonLinked({ chat, person, same, at: 0 }), ChatLinked({ chat, same: other, at: 0 })]
    const late = OptedOut({ chat, person: same, by })
    expect(given(out, ...joined).queries.consent.optOuts(chat)).toMatchObject([{ person }])
    expect(given(...joined, late).queries.consent.optOuts(other)).toMatchObject([{ person }])
    for (const back of [OptedIn({ chat, person, by }), OptedIn({ chat: other, person: same, by })])
      expect(given(out, ...joined, late, back).queries.consent.optOuts(chat)).toEqual([])
  })
})

describe("reports", () => {
  const reported = VerdictReported(VerdictReported.example as DataOf<typeof VerdictReported>)
  const { chat, report } = reported.data
  const page = { limit: 10 }

  it("wait, the newest first, until the operator has looked at them", () => {
    const before = given(reported).queries.reports
    expect(before.list({ ...page, status: "waiting" })).toMatchObject([{ report, chat, level: "malicious" }])
    const settled = ReportSettled({ chat, report, outcome: "wrong", by: "operator" })
    const after = given(reported, settled).queries.reports
    expect(after.list({ ...page, status: "waiting" })).toEqual([])
    expect(after.list(page)).toMatchObject([{ report, status: "wrong", settledBy: "operator" }])
  })

  it("are told once, however often the log brings them", () => {
    expect(given(reported, reported).queries.reports.list(page)).toHaveLength(1)
  })
})
