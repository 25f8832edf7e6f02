import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { AnyFact } from "../../contracts/catalogue.ts"
import { emptyModels, given, inOrder } from "./given.ts"
import { occurrenceFinished, occurrenceFired, occurrenceSkipped, occurrencesMissed } from "./story.ts"

const { job, planned } = occurrenceFired().data
const hour = 3_600_000
const at = planned + 10 * hour

const missed = (count: number) => occurrencesMissed({ last: planned + (count - 1) * hour, count })
const skipped = occurrenceSkipped()
const madeUp = (moment = planned) => occurrenceFired({ planned: moment, at, why: "backfill" })
const finished = occurrenceFinished()

const shown = (...facts: ReadonlyArray<AnyFact>) =>
  given(...facts).queries.occurrences.list({ job, limit: 10 })

describe("an occurrence that is made up for", () => {
  it.each([
    ["missed", missed(1)],
    ["left out", skipped]
  ] as const)("is sent in the place of the one that was %s", (_, before) => {
    expect(shown(before, madeUp())).toMatchObject([
      { planned, status: "sending", why: "backfill", at, messages: 1, count: 1, madeUp: 0, cursor: 2 }
    ])
    expect(shown(before, madeUp(), finished)).toMatchObject([{ planned, status: "finished", sent: 1 }])
    const { queries } = given(before, madeUp())
    expect(queries.occurrences.messages(queries.occurrences.get(job, planned)!)).toHaveLength(1)
  })

  it("stands beside those that were missed with it, of which it says that one was made up for", () => {
    const run = { status: "missed", planned, lastPlanned: planned + 2 * hour, count: 3 }
    expect(shown(missed(3))).toMatchObject([{ ...run, madeUp: 0 }])
    expect(shown(missed(3), madeUp(), finished)).toMatchObject([
      { planned, status: "finished" },
      { ...run, madeUp: 1 }
    ])
    expect(shown(missed(3), madeUp(planned + hour), madeUp())).toMatchObject([
      { planned, status: "sending" },
      { planned: planned + hour, status: "sending" },
      { ...run, madeUp: 2 }
    ])
    const { queries } = given(missed(3), madeUp())
    expect(queries.occurrences.get(job, planned)).toMatchObject({ status: "sending" })
  })

  it("is the same, whichever of the facts about it come again and when", () => {
    const stories = [
      [missed(1), madeUp(), finished],
      [skipped, madeUp(), finished],
      [missed(3), madeUp(), madeUp(planned + hour), finished]
    ]
    const repeats = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { maxLength: 8 })
    fc.assert(
      fc.property(fc.constantFrom(...stories), repeats, (story, again) => {
        const events = inOrder(story)
        const once = emptyModels()
        once.apply(events)
        const repeated = emptyModels()
        events.forEach((event, index) => {
          repeated.apply([event])
          for (const [when, which] of again)
            if (when === index) repeated.apply([events[which % (index + 1)]!])
        })
        expect(repeated.digest()).toEqual(once.digest())
      }),
      { numRuns: 20 }
    )
  })
})
