import Database from "better-sqlite3"
import { describe, expect, it } from "vitest"
import { markOf, markOfPair, marksOfFirst, type Records } from "../../../infra/actor/records.ts"
import { openStateStore } from "../../../infra/actor/state-store.ts"

const words = (kind: number): Records<string> => ({
  kind,
  pack: (value) => Buffer.from(value),
  unpack: (bytes) => bytes.toString()
})
const some = words(0)
const others = words(1)

const disk = () => new Database(":memory:")
const open = (db = disk(), version = 1) => openStateStore(db, "g1", version)

/** Hashes of 40 digits that begin in a given way. */
const hash = (start: string) => start.padEnd(40, "0")

describe("records", () => {
  it("are found by each of their marks, in the order in which they were added", () => {
    const store = open()
    store.fold(1, () => {
      store.state.add(some, "first", [9, 4])
      store.state.add(some, "second", [4])
      store.state.add(some, "third", [7])
    })
    expect(store.state.find(some, 4).map(({ value }) => value)).toEqual(["first", "second"])
    expect(store.state.find(some, 9).map(({ value }) => value)).toEqual(["first"])
    expect(store.state.find(some, 8)).toEqual([])
  })

  it("are found by several marks at once, in the order in which they were added", () => {
    const store = open()
    store.fold(1, () => {
      for (const [mark, value] of [
        [30, "a"],
        [10, "b"],
        [20, "c"],
        [31, "d"]
      ] as const)
        store.state.add(some, value, [mark])
      store.state.add(others, "of another kind", [20])
    })
    expect(store.state.find(some, [10, 30]).map(({ value }) => value)).toEqual(["a", "b", "c"])
  })

  it("of two kinds are not taken for each other, whatever their marks", () => {
    const store = open()
    store.fold(1, () => {
      store.state.add(some, "some", [4])
      store.state.add(others, "other", [4])
    })
    expect(store.state.find(some, 4).map(({ value }) => value)).toEqual(["some"])
    expect(store.state.find(others, 4).map(({ value }) => value)).toEqual(["other"])
  })

  it("are written anew in their place, and found by new marks besides", () => {
    const store = open()
    store.fold(1, () => {
      store.state.add(some, "first", [1])
      store.state.add(some, "second", [1])
      const [first] = store.state.find(some, 1)
      store.state.change(some, first!.id, "changed", [2, 1])
    })
    expect(store.state.find(some, 1).map(({ value }) => value)).toEqual(["changed", "second"])
    expect(store.state.find(some, 2).map(({ value }) => value)).toEqual(["changed"])
  })

  it("are found apart under another kind of the same values, for as long as they are marked so", () => {
    const store = open()
    let id = 0
    store.fold(1, () => {
      id = store.state.add(some, "first", [1])
      store.state.mark(others, id, [9])
    })
    expect(store.state.find(others, 9)).toEqual([{ id, value: "first" }])
    expect(store.state.find(some, 9)).toEqual([])
    store.fold(2, () => store.state.unmark(others, id, [9, 1]))
    expect(store.state.find(others, 9)).toEqual([])
    expect(store.state.find(some, 1)).toEqual([{ id, value: "first" }])
  })

  it("leave nothing behind once they are removed with their marks", () => {
    const store = open()
    const empty = store.digest()
    store.fold(1, () => {
      const id = store.state.add(some, "first", [1, 2])
      store.state.unmark(some, id, [1, 2])
      store.state.remove(id)
    })
    expect(store.digest()).toBe(empty)
  })

  it("are gone with a fold that fails, and the next one takes their place", () => {
    const store = open()
    const other = open()
    expect(() =>
      store.fold(1, () => {
        store.state.add(some, "lost", [1])
        throw new Error("poison")
      })
    ).toThrow("poison")
    expect(store.state.find(some, 1)).toEqual([])
    for (const { fold, state } of [store, other]) fold(1, () => state.add(some, "kept", [1]))
    expect(store.digest()).toBe(other.digest())
  })

  it("are found again by the next process, and are in the digest with their marks", () => {
    const db = disk()
    const store = open(db)
    const digests = [store.digest()]
    for (const change of [
      () => store.state.add(some, "first", [1]),
      () => store.state.change(some, 1, "changed"),
      () => store.state.change(some, 1, "changed", [2])
    ]) {
      store.fold(1, change)
      digests.push(store.digest())
    }
    expect(new Set(digests).size).toBe(4)
    expect(open(db).state.find(some, 2)).toEqual([{ id: 1, value: "changed" }])
    expect(open(db).digest()).toBe(digests.at(-1))
    expect(open(db, 2).digest()).toBe(digests[0])
  })
})

describe("a mark", () => {
  it("tells hashes apart that differ in their first digits", () => {
    expect(markOf(hash("f"))).not.toBe(markOf(hash("e")))
    expect(markOf(hash("0000000000f"))).toBe(15)
  })

  it("of two hashes lies among those of the first", () => {
    const pair = markOfPair(hash("abcdef1"), hash("ffff"))
    const [from, to] = marksOfFirst(hash("abcdef1"))
    expect(pair).toBe(to)
    expect(markOfPair(hash("abcdef1"), hash("0"))).toBe(from)
    expect(markOfPair(hash("abcdef2"), hash("0"))).toBe(to + 1)
  })

  it("is a number that SQLite and JavaScript both hold exactly, its kind included", () => {
    const largest = markOf("f".repeat(40)) * 8 + 7
    expect(Number.isSafeInteger(largest)).toBe(true)
    expect(largest).toBeLessThan(2 ** 47)
    const store = open()
    const seventh = words(7)
    store.fold(1, () => store.state.add(seventh, "far", [markOf("f".repeat(40))]))
    expect(store.state.find(seventh, markOf("f".repeat(40)))).toHaveLength(1)
  })
})
