import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import type { Followed } from "../../../../actors/scan/expand/expand.ts"
import type { Evidence } from "../../../../actors/scan/evidence.ts"
import { type Outlook, noReputation } from "../../../../actors/scan/outside.ts"
import { lookOutside, type Way } from "../../../../actors/scan/sources/look-outside.ts"

const link = "https://short.example.com/x"
const passed = "https://hop.example.com/"
const end = "https://end.example.com/"

const said = (...kinds: ReadonlyArray<string>): Outlook => ({
  evidence: kinds.map((kind): Evidence => ({ source: "one", kind })),
  missing: []
})

/** A source that answers at once, or when it is told to, by URL. */
const makeWay = (
  answers: Readonly<Record<string, Outlook | Deferred.Deferred<Outlook>>> = {},
  { counts = false, name = "one" } = {}
) => {
  const asked: Array<string> = []
  const way: Way = {
    name,
    counts,
    ask: (url) => {
      asked.push(url)
      const answer = answers[url] ?? said()
      return "evidence" in answer ? Effect.succeed(answer) : Deferred.await(answer)
    }
  }
  return { way, asked }
}

/** Follows a link over some places, to each when it is let. */
const leadsOver = (
  places: ReadonlyArray<readonly [url: string, gate: Deferred.Deferred<void>]>
): Followed => ({
  asks: ["redirects"],
  unasked: [noReputation],
  look: Effect.fnUntraced(function* (_url, _heard, _asking, _soFar, toward = () => Effect.void) {
    for (const [url, gate] of places) {
      yield* toward(url)
      yield* Deferred.await(gate)
    }
    const last = places.at(-1)?.[0]
    return { evidence: [], missing: [], ...(last === undefined ? {} : { end: last }) }
  })
})

const gate = Deferred.make<void>()
const open = (it: Deferred.Deferred<void>) => Deferred.succeed(it, undefined)
const settle = TestClock.adjust(1)

const looking = (
  followed: Followed,
  ways: ReadonlyArray<Way>,
  soFar?: (outlook: Outlook) => Effect.Effect<void>
) =>
  Effect.forkChild(
    lookOutside({ followed, ways, toldOf: (url) => url }, link, () => Effect.void, undefined, soFar)
  )

describe("a look outside", () => {
  it.effect("asks about where a link leads before that has answered", () =>
    Effect.gen(function* () {
      const answered = yield* gate
      const { asked, way } = makeWay({ [end]: said("listed") })
      const look = yield* looking(leadsOver([[end, answered]]), [way])
      yield* settle
      expect(asked.toSorted()).toEqual([end, link])
      yield* open(answered)
      expect((yield* Fiber.join(look)).evidence).toEqual([{ source: "one", kind: "listed" }])
      expect(asked).toHaveLength(2)
    })
  )

  it.effect("lets those who count what they are asked say nothing of places that a link only passes", () =>
    Effect.gen(function* () {
      const first = yield* gate
      const second = yield* gate
      const free = makeWay()
      const counting = makeWay({}, { counts: true, name: "two" })
      const look = yield* looking(
        leadsOver([
          [passed, first],
          [end, second]
        ]),
        [free.way, counting.way]
      )
      yield* settle
      yield* open(first)
      yield* settle
      yield* open(second)
      yield* Fiber.join(look)
      expect(free.asked).toEqual([link, passed, end])
      expect(counting.asked).toEqual([link, end])
    })
  )

  it.effect("does not wait for what is said of a place that a link only passes", () =>
    Effect.gen(function* () {
      const first = yield* gate
      const second = yield* gate
      const { way } = makeWay({ [passed]: yield* Deferred.make<Outlook>() })
      const look = yield* looking(
        leadsOver([
          [passed, first],
          [end, second]
        ]),
        [way]
      )
      yield* settle
      yield* open(first)
      yield* settle
      yield* open(second)
      expect(yield* Fiber.join(look)).toMatchObject({ evidence: [], missing: [], end })
    })
  )

  it.effect("counts what speaks for a link only where it is said of both ends", () =>
    Effect.gen(function* () {
      const old: Evidence = { source: "rdap", kind: "age-years" }
      const ways = [
        makeWay({ [link]: { evidence: [old], missing: [] } }, { name: "one end" }).way,
        makeWay({ [link]: said("listed") }, { name: "against" }).way
      ]
      const opened = yield* gate
      yield* open(opened)
      const one = yield* looking(leadsOver([[end, opened]]), ways)
      expect((yield* Fiber.join(one)).evidence).toEqual([{ source: "one", kind: "listed" }])
      const both = makeWay({
        [link]: { evidence: [old], missing: [] },
        [end]: { evidence: [old], missing: [] }
      })
      expect((yield* Fiber.join(yield* looking(leadsOver([[end, opened]]), [both.way]))).evidence).toEqual([
        old
      ])
      const direct = yield* looking(leadsOver([]), ways)
      expect((yield* Fiber.join(direct)).evidence).toHaveLength(2)
    })
  )

  it.effect("says what it knows when the time of a chat is up, and looks on", () =>
    Effect.gen(function* () {
      const slow = yield* Deferred.make<Outlook>()
      const told: Array<Outlook> = []
      const look = yield* looking(
        leadsOver([]),
        [makeWay({ [link]: slow }, { name: "slow" }).way, makeWay({ [link]: said("listed") }).way],
        (outlook) => Effect.sync(() => void told.push(outlook))
      )
      yield* TestClock.adjust("2 seconds")
      expect(told).toEqual([])
      yield* TestClock.adjust("1 seconds")
      expect(told).toMatchObject([
        {
          evidence: [{ source: "one", kind: "listed" }],
          missing: [{ source: "slow", reason: "it did not answer in time" }]
        }
      ])
      yield* Deferred.succeed(slow, said("worse"))
      expect((yield* Fiber.join(look)).evidence).toHaveLength(2)
      expect(told).toHaveLength(1)
    })
  )

  it.effect("says nothing of what it knows where all have answered in time", () =>
    Effect.gen(function* () {
      const told: Array<Outlook> = []
      const look = yield* looking(leadsOver([]), [makeWay().way], (outlook) =>
        Effect.sync(() => void told.push(outlook))
      )
      yield* Fiber.join(look)
      yield* TestClock.adjust("1 minute")
      expect(told).toEqual([])
    })
  )

  it.effect("fails where what it knows cannot be told", () =>
    Effect.gen(function* () {
      const slow = yield* Deferred.make<Outlook>()
      const followed = leadsOver([])
      const { way } = makeWay({ [link]: slow })
      const look = yield* Effect.forkChild(
        lookOutside(
          { followed, ways: [way], toldOf: (url) => url },
          link,
          () => Effect.void,
          undefined,
          () => Effect.fail("the log is full")
        )
      )
      yield* TestClock.adjust("3 seconds")
      yield* Deferred.succeed(slow, said())
      expect(yield* Effect.flip(Fiber.join(look))).toBe("the log is full")
    })
  )
})
