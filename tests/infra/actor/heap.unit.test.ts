import { describe, expect, it } from "vitest"
import fc from "fast-check"
import { makeHeap, type Placed } from "../../../infra/actor/heap.ts"

interface Item extends Placed {
  readonly value: number
}

const item = (value: number): Item => ({ value, place: 0 })

describe("a heap", () => {
  it("has the least of its items at hand, whatever was added and taken out", () => {
    const step = fc.record({ value: fc.integer({ min: 0, max: 20 }), takes: fc.boolean(), which: fc.nat() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const heap = makeHeap<Item>((a, b) => a.value < b.value)
        const plain: Array<Item> = []
        for (const { takes, value, which } of steps) {
          if (takes && plain.length > 0) heap.remove(plain.splice(which % plain.length, 1)[0]!)
          else {
            plain.push(item(value))
            heap.add(plain.at(-1)!)
          }
          expect(heap.size()).toBe(plain.length)
          const least = plain.length === 0 ? undefined : Math.min(...plain.map((it) => it.value))
          expect(heap.first()?.value).toBe(least)
        }
      })
    )
  })

  it("compares no more often than twice the number of its levels for each change", () => {
    for (const count of [1_000, 100_000]) {
      let compared = 0
      const heap = makeHeap<Item>((a, b) => {
        compared += 1
        return a.value < b.value
      })
      let worst = 0
      const counted = (run: () => void) => {
        compared = 0
        run()
        worst = Math.max(worst, compared)
      }
      const items = Array.from({ length: count }, (_, index) => item((index * 7_919) % count))
      for (const each of items) counted(() => heap.add(each))
      for (const each of items) counted(() => heap.remove(each))
      expect(worst).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(count)) + 2)
    }
  })

  it("does not take out what is in another heap", () => {
    const heap = makeHeap<Item>((a, b) => a.value < b.value)
    heap.add(item(1))
    expect(() => heap.remove(item(1))).toThrow("expected an item of this heap")
  })
})
