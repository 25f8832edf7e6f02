import { describe, expect, it } from "@effect/vitest"
import fc from "fast-check"
import { makeOpenWork, type OpenWork } from "../../../infra/actor/open-work.ts"
import type { Work } from "../../../infra/actor/state.ts"
import { work } from "./some-work.ts"

const nobody = () => false
const given = (...all: ReadonlyArray<Work>): OpenWork => {
  const open = makeOpenWork()
  for (const item of all) open.put(item)
  return open
}

describe("open work", () => {
  it("is handed out in the order in which it was opened", () => {
    const open = given(work("z"), work("a", { lane: "b" }), work("m"))
    expect(open.next(0, 0, nobody)?.key).toBe("z")
    open.close("z")
    expect(open.next(0, 0, nobody)?.key).toBe("a")
    open.close("a")
    expect(open.next(0, 0, nobody)?.key).toBe("m")
  })

  it("is looked for within one priority", () => {
    const open = given(work("later", { priority: 1 }), work("now"))
    expect(open.next(0, 0, nobody)?.key).toBe("now")
    expect(open.next(1, 0, nobody)?.key).toBe("later")
    expect(open.next(2, 0, nobody)).toBeUndefined()
  })

  it("passes over a lane that is busy, whatever waits in it", () => {
    const open = given(work("first"), work("second"), work("other", { lane: "b" }))
    expect(open.next(0, 0, (lane) => lane === "a")?.key).toBe("other")
    expect(open.next(0, 0, () => true)).toBeUndefined()
  })

  it("is not handed out before it is due, and what is due goes before what was opened earlier", () => {
    const open = given(work("tomorrow", { due: 100 }), work("soon", { due: 50 }), work("now"))
    expect(open.next(0, 0, nobody)?.key).toBe("now")
    open.close("now")
    expect(open.next(0, 49, nobody)).toBeUndefined()
    expect(open.nextDue(0)).toBe(50)
    expect(open.next(0, 50, nobody)?.key).toBe("soon")
    expect(open.nextDue(50)).toBeUndefined()
    open.close("soon")
    expect(open.nextDue(50)).toBe(100)
  })

  it("says when more becomes due in any lane, of any priority", () => {
    const open = given(work("a", { due: 80 }), work("b", { due: 60, lane: "b", priority: 3 }))
    expect(open.nextDue(0)).toBe(60)
    expect(makeOpenWork().nextDue(0)).toBeUndefined()
  })

  it("says since when the one that waits longest could have been done", () => {
    const open = given(work("tomorrow", { due: 900, lane: "b" }))
    expect(open.waitingSince(500)).toBe(900)
    open.put(work("at once"))
    open.put(work("behind it"))
    expect(open.waitingSince(510)).toBe(510)
    expect(open.waitingSince(700)).toBe(510)
    open.close("at once")
    expect(open.waitingSince(700)).toBe(510)
    open.close("behind it")
    expect(open.waitingSince(950)).toBe(900)
    open.put(work("late", { due: 600, lane: "c" }))
    expect(open.waitingSince(950)).toBe(600)
  })

  it("is replaced when it is opened again, and keeps its place", () => {
    const open = given(
      work("a", { priority: 1, due: 50 }),
      work("b"),
      work("c"),
      work("b", { kind: "other" }),
      work("a")
    )
    expect(open.size()).toBe(3)
    expect(open.next(1, 50, nobody)).toBeUndefined()
    expect(open.next(0, 0, nobody)?.key).toBe("a")
    open.close("a")
    expect(open.next(0, 0, nobody)).toMatchObject({ key: "b", kind: "other" })
    open.close("b")
    open.put(work("b"))
    expect(open.next(0, 0, nobody)?.key).toBe("c")
  })

  it("is gone once it is closed, and closing what is not open changes nothing", () => {
    const open = given(work("a"))
    open.close("b")
    expect(open.has("a")).toBe(true)
    open.close("a")
    open.close("a")
    expect(open.has("a")).toBe(false)
    expect(open.size()).toBe(0)
    expect(open.waitingSince(0)).toBeUndefined()
    expect(open.next(0, 0, nobody)).toBeUndefined()
  })

  it("is not handed out while its lane is held, nor while its priority is", () => {
    const open = given(work("a"), work("b", { lane: "b" }), work("urgent", { priority: 1 }))
    open.hold(0, "a", 100)
    expect(open.next(0, 99, nobody)?.key).toBe("b")
    expect(open.nextDue(99)).toBe(100)
    open.holdAll(0, 150)
    expect(open.next(0, 149, nobody)).toBeUndefined()
    expect(open.nextDue(120)).toBe(150)
    expect(open.next(1, 0, nobody)?.key).toBe("urgent")
    expect(open.next(0, 150, nobody)?.key).toBe("a")
  })

  it("that comes into a lane which is held waits there, and what is replaced keeps it held", () => {
    const open = given(work("a"))
    open.hold(0, "a", 100)
    open.put(work("more"))
    open.put(work("a", { kind: "other" }))
    expect(open.next(0, 99, nobody)).toBeUndefined()
    expect(open.next(0, 100, nobody)?.kind).toBe("other")
  })

  it("is let go when it is woken, where it waits for that", () => {
    const open = given(work("a"), work("b", { lane: "b" }))
    open.hold(0, "a", Infinity, true)
    open.hold(0, "b", 100)
    expect(open.next(0, 0, nobody)).toBeUndefined()
    expect(open.nextDue(0)).toBe(100)
    open.letGo("wakeable")
    expect(open.next(0, 0, nobody)?.key).toBe("a")
    open.close("a")
    expect(open.next(0, 0, nobody)).toBeUndefined()
    open.letGo("all")
    expect(open.next(0, 0, nobody)?.key).toBe("b")
  })

  it("is found again when the clock is set back and forth", () => {
    const open = given(work("a", { due: 100 }), work("b", { lane: "b" }))
    expect(open.next(0, 100, (lane) => lane === "b")?.key).toBe("a")
    expect(open.next(0, 50, (lane) => lane === "b")).toBeUndefined()
    expect(open.next(0, 50, nobody)?.key).toBe("b")
    expect(open.next(0, 100, (lane) => lane === "b")?.key).toBe("a")
  })

  it("is found in as many steps as the number of lanes has digits, and no more lanes are asked than are busy", () => {
    for (const lanes of [1_000, 32_000]) {
      let steps = 0
      let asked = 0
      const open = makeOpenWork()
      for (let number = 0; number < lanes; number++)
        open.put({
          ...work(`${number}`, { lane: `lane ${number}` }),
          get due() {
            steps += 1
            return 0
          }
        })
      open.waitingSince(0)
      open.next(0, 0, nobody)
      steps = 0
      const rounds = 100
      for (let now = 1; now <= rounds; now++) {
        const busy = new Set(["lane 500", "lane 501", "lane 502"])
        const first = open.next(0, now, (lane) => {
          asked += 1
          return busy.has(lane)
        })
        open.hold(0, first!.lane, now + rounds)
        open.nextDue(now)
        open.waitingSince(now)
      }
      expect(asked).toBeLessThanOrEqual(rounds * 4)
      expect(steps / rounds).toBeLessThanOrEqual(8 * Math.log2(lanes))
    }
  })

  const step = fc.record({
    key: fc.constantFrom("a", "b", "c", "d", "e"),
    close: fc.boolean(),
    lane: fc.constantFrom("x", "y"),
    priority: fc.integer({ min: 0, max: 1 }),
    due: fc.integer({ min: 0, max: 4 })
  })

  it("always hands out what a plain list of it would", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 0, max: 4 }), (steps, now) => {
        const open = makeOpenWork()
        const plain = new Map<string, Work>()
        for (const { close, key, ...rest } of steps) {
          if (close) {
            plain.delete(key)
            open.close(key)
          } else {
            plain.set(key, work(key, rest))
            open.put(work(key, rest))
          }
        }
        const all = [...plain.values()]
        expect(open.size()).toBe(all.length)
        for (const priority of [0, 1]) {
          const heads = ["x", "y"].flatMap((lane) =>
            all
              .filter((it) => it.lane === lane && it.priority === priority)
              .toSorted((a, b) => a.due - b.due)
              .slice(0, 1)
              .filter((it) => it.due <= now)
          )
          const first = all.find((it) => heads.includes(it))
          expect(open.next(priority, now, nobody)?.key).toBe(first?.key)
        }
      })
    )
  })
})
