import Database from "better-sqlite3"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  become,
  heldBy,
  postedBetween,
  release,
  restingOnLists,
  watch,
  watchedCount,
  watchedOf,
  watchedOn
} from "../../../../actors/scan/watch/kept.ts"
import { holdersMax, type Watched } from "../../../../actors/scan/watch/watched.ts"
import { evolve, type Heard } from "../../../../actors/scan/watch/evolve.ts"
import { ChatId, hashOf, HostId, LinkId, MessageKey, PersonId } from "../../../../contracts/ids.ts"
import { MessageReceived } from "../../../../contracts/message.ts"
import { openStateStore } from "../../../../infra/actor/state-store.ts"
import { recorded } from "../../../projections/given.ts"

const minute = 60_000
const day = 24 * 60 * minute
const start = 1_767_225_600_000
const linkOf = (name: string | number) => LinkId.make(hashOf("link", name))
const messageOf = (name: string | number) => MessageKey.make(hashOf("message", name))
const hostOf = (name: string) => HostId.make(hashOf("host", name))
const trigger = (time: number, sequence = 1) => ({ id: "e", time, sequence, correlation: undefined })

const linkIn = (name: string | number, postedAt = start, host = "example.com"): Watched => ({
  link: linkOf(name),
  host: hostOf(host),
  domains: [hostOf("example.com")],
  holders: [messageOf(name)],
  isCrowded: false,
  posted: 1,
  postedAt
})

const make = () => openStateStore(new Database(":memory:"), "g", 1)

describe("watched links", () => {
  it("are found by their id, their host, the domains above it, and the messages that hold them", () => {
    const { fold, state } = make()
    fold(1, () => {
      watch(state, linkIn("a", start, "www.example.com"), trigger(start))
      watch(state, linkIn("b"), trigger(start))
    })
    expect(watchedOf(state, linkOf("a"))?.value).toEqual(linkIn("a", start, "www.example.com"))
    expect(watchedOn(state, hostOf("www.example.com"))).toHaveLength(1)
    expect(watchedOn(state, hostOf("example.com"))).toHaveLength(2)
    expect(heldBy(state, messageOf("b")).map(({ value }) => value.link)).toEqual([linkOf("b")])
    expect(watchedOn(state, hostOf("other.example"))).toEqual([])
  })

  it("are kept with all that is known of them", () => {
    const { fold, state } = make()
    const known: Watched = {
      ...linkIn("a"),
      isCrowded: true,
      newest: { sequence: 300, level: "suspicious", isListed: true },
      looks: { from: start, done: 2 },
      matched: 4,
      end: { link: linkOf("end"), host: hostOf("end.example"), domains: [hostOf("end.example")] }
    }
    fold(1, () => {
      watch(state, linkIn("a"), trigger(start))
      become(state, watchedOf(state, linkOf("a"))!, known, trigger(start))
    })
    expect(watchedOf(state, linkOf("a"))?.value).toEqual(known)
    expect(restingOnLists(state)).toEqual([known])
    expect(watchedOn(state, hostOf("end.example"))).toHaveLength(1)
  })

  it("leave nothing behind when they are released", () => {
    const empty = make()
    empty.fold(1, () => {
      watch(empty.state, linkIn("a"), trigger(start))
      release(empty.state, watchedOf(empty.state, linkOf("a"))!, trigger(start))
    })
    const kept = make()
    kept.fold(1, () => {
      watch(kept.state, linkIn("a"), trigger(start))
      const scanned = { newest: { sequence: 2, level: "benign" as const, isListed: true }, matched: 9 }
      const looks = { from: start, done: 0 }
      become(
        kept.state,
        watchedOf(kept.state, linkOf("a"))!,
        { ...linkIn("a"), ...scanned, looks },
        trigger(start)
      )
      release(kept.state, watchedOf(kept.state, linkOf("a"))!, trigger(start))
    })
    expect(kept.digest()).toBe(empty.digest())
    expect(kept.work.size()).toBe(0)
    expect(watchedCount(kept.state)).toBe(0)
  })

  it("are watched no more after 30 days in which nobody posted them", () => {
    const { fold, state } = make()
    fold(1, () => {
      watch(state, linkIn("old"), trigger(start))
      watch(state, linkIn("newer", start + day), trigger(start + day))
      watch(state, linkIn("new", start + 30 * day + minute), trigger(start + 30 * day + minute))
    })
    expect(watchedOf(state, linkOf("old"))).toBeUndefined()
    expect(watchedOf(state, linkOf("newer"))).toBeDefined()
    expect(watchedCount(state)).toBe(2)
  })

  it("are never more than their number, and those that were posted longest ago go first", () => {
    const { fold, state } = make()
    const [most, spare] = [200, 50]
    fold(1, () => {
      for (let at = 0; at < most + spare; at++)
        watch(state, linkIn(at, start + at * 10_000), trigger(start + at * 10_000), most)
    })
    expect(watchedCount(state)).toBe(most)
    expect(watchedOf(state, linkOf(spare - 1))).toBeUndefined()
    expect(watchedOf(state, linkOf(spare))).toBeDefined()
    const all = [...postedBetween(state, 0, start + day)].flat()
    expect(all).toHaveLength(most)
  })

  it("in more messages than are remembered are held for as long as they are watched", () => {
    const { fold, state } = make()
    const received = (at: number) =>
      recorded(
        MessageReceived({
          ...(MessageReceived.example as Parameters<typeof MessageReceived>[0]),
          chat: ChatId.make("cchat0001"),
          sender: PersonId.make("pperson001"),
          message: messageOf(at),
          links: [{ link: linkOf("a"), host: hostOf("a"), domains: [] }]
        }),
        at
      ) as Heard
    for (let at = 1; at <= holdersMax + 1; at++) fold(at, () => evolve(state, received(at)))
    const { value } = watchedOf(state, linkOf("a"))!
    expect(value.holders).toHaveLength(holdersMax)
    expect(value.isCrowded).toBe(true)
  })

  it("come to the same state whatever order of changes led there", () => {
    const change = fc.record({
      which: fc.integer({ min: 0, max: 3 }),
      level: fc.constantFrom("benign" as const, "malicious" as const),
      isListed: fc.boolean(),
      done: fc.integer({ min: 0, max: 4 }),
      matched: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      isHeld: fc.boolean()
    })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 30 }), (changes) => {
        const all = make()
        const last = make()
        const final = new Map(changes.map((it) => [it.which, it]))
        const apply = ({ fold, state }: ReturnType<typeof make>, list: typeof changes) => {
          fold(1, () => {
            for (const which of [0, 1, 2, 3]) watch(state, linkIn(which), trigger(start))
          })
          for (const { done, isHeld, isListed, level, matched, which } of list)
            fold(1, () =>
              become(
                state,
                watchedOf(state, linkOf(which))!,
                {
                  ...linkIn(which),
                  holders: isHeld ? [messageOf(which)] : [],
                  newest: { sequence: 2, level, isListed },
                  looks: { from: start, done },
                  ...(matched === undefined ? {} : { matched })
                },
                trigger(start)
              )
            )
        }
        apply(all, changes)
        apply(last, [...final.values()])
        expect(all.digest()).toBe(last.digest())
      }),
      { numRuns: 100 }
    )
  })
})
