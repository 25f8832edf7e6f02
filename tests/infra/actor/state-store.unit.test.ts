import Database from "better-sqlite3"
import { describe, expect, it } from "@effect/vitest"
import { collection } from "../../../infra/actor/collection.ts"
import { openStateStore, type StateStore } from "../../../infra/actor/state-store.ts"
import { work } from "./some-work.ts"

const names = collection<string>("name")

const disk = () => new Database(":memory:")
const open = (db = disk(), generation = "g1", version = 1) => openStateStore(db, generation, version)

/** The keys of all open work, in the order in which it is done. */
const order = (store: StateStore): ReadonlyArray<string> => {
  const keys: Array<string> = []
  for (
    let next = store.work.next(0, 0, () => false);
    next !== undefined;
    next = store.work.next(0, 0, () => false)
  ) {
    keys.push(next.key)
    store.work.close(next.key)
  }
  return keys
}

describe("the state of an actor", () => {
  it("holds what was folded, beside the sequence that it stands for", () => {
    const store = open()
    store.fold(7, () => {
      store.state.put(names, "x/1", "Ada")
      store.state.put(names, "x/2", "Ben")
      store.state.put(names, "y/1", "Cy")
      store.setHead("policy", "c1", 7)
    })
    expect(store.folded()).toBe(7)
    expect(store.state.get(names, "x/1")).toBe("Ada")
    expect(store.state.walk(names, "x/")).toEqual([
      ["x/1", "Ada"],
      ["x/2", "Ben"]
    ])
    expect(store.state.head("policy", "c1")).toBe(7)
    expect(store.state.head("policy", "c2")).toBe(0)
  })

  it("takes a fold whole or not at all, its open work included", () => {
    const store = open()
    store.fold(1, () => store.state.open(work("before")))
    const broken = () =>
      store.fold(2, () => {
        store.state.put(names, "x", "Ada")
        store.state.open(work("after"))
        store.state.close("before")
        store.setHead("policy", "c1", 2)
        throw new Error("poison")
      })
    expect(broken).toThrow("poison")
    expect(store.folded()).toBe(1)
    expect(store.state.get(names, "x")).toBeUndefined()
    expect(store.state.head("policy", "c1")).toBe(0)
    expect([store.work.has("before"), store.work.has("after")]).toEqual([true, false])
    // What the broken fold had staged does not come in with the next one.
    store.fold(2, () => {})
    expect([store.work.has("before"), store.work.has("after")]).toEqual([true, false])
  })

  it("shows open work to nobody before its fold is on disk", () => {
    const store = open()
    let seen = true
    store.fold(1, () => {
      store.state.open(work("a"))
      seen = store.work.has("a")
    })
    expect(seen).toBe(false)
    expect(store.work.has("a")).toBe(true)
  })

  it("puts work behind all other that is closed and opened again in one fold, here and in the next process", () => {
    const db = disk()
    const store = open(db)
    store.fold(1, () => ["a", "b", "c"].forEach((key) => store.state.open(work(key))))
    store.fold(2, () => {
      store.state.close("a")
      store.state.open(work("d"))
      store.state.open(work("a"))
      store.state.open(work("b", { cause: "later" }))
    })
    expect(store.work.get("b")?.cause).toBe("later")
    expect(open(db).work.get("b")?.cause).toBe("later")
    expect(order(open(db))).toEqual(["b", "c", "d", "a"])
    expect(order(store)).toEqual(["b", "c", "d", "a"])
  })

  it("leaves no trace of work that was opened and closed in one fold", () => {
    const store = open()
    const none = store.digest()
    store.fold(1, () => {
      store.state.open(work("a"))
      store.state.close("a")
      store.state.close("never opened")
    })
    expect(store.work.size()).toBe(0)
    expect(store.digest()).toBe(none)
  })

  it("never moves its checkpoint back", () => {
    const db = disk()
    const store = open(db)
    store.fold(9, () => {})
    store.fold(4, () => {})
    expect(store.folded()).toBe(9)
    expect(open(db).folded()).toBe(9)
  })

  it("is found again by the next process: entries, open work in its order, heads and checkpoint", () => {
    const db = disk()
    const store = open(db)
    store.fold(3, () => {
      store.state.put(names, "x", "Ada")
      for (const key of ["z", "m", "a"]) store.state.open(work(key))
      store.state.open(work("first", { lane: "b" }))
      store.state.open(work("m"))
      store.setHead("policy", "c1", 3)
    })
    const again = open(db)
    expect(again.digest()).toBe(store.digest())
    expect(again.folded()).toBe(3)
    expect(order(again)).toEqual(order(store))
    expect(order(open(db))).toEqual(["z", "m", "a", "first"])
  })

  it.each([
    ["another generation of the log", "g2", 1],
    ["another version of the actor", "g1", 2]
  ])("is begun anew for %s", (_name, generation, version) => {
    const db = disk()
    const store = open(db)
    store.fold(3, () => {
      store.state.put(names, "x", "Ada")
      store.state.open(work("a"))
      store.setHead("policy", "c1", 3)
    })
    const anew = open(db, generation, version)
    expect(anew.folded()).toBe(0)
    expect(anew.digest()).toBe(open().digest())
    expect(anew.work.size()).toBe(0)
    anew.fold(1, () => anew.state.put(names, "x", "Ben"))
    expect(open(db, generation, version).state.get(names, "x")).toBe("Ben")
  })

  it("is begun anew where its tables are those of another layout", () => {
    const db = disk()
    db.exec("create table checkpoint (one integer, sequence text); create table work (whatever text)")
    const store = open(db)
    store.fold(1, () => store.state.open(work("a")))
    expect(order(open(db))).toEqual(["a"])
  })

  it("has one digest for one content, whatever way led there", () => {
    const one = open()
    one.fold(1, () => one.state.put(names, "x", "Ada"))
    one.fold(2, () => {
      one.state.open(work("a"))
      one.state.open(work("b"))
      one.state.close("a")
    })
    const other = open()
    other.fold(9, () => {
      other.state.open(work("b"))
      other.state.put(names, "x", "Ben")
      other.state.put(names, "y", "gone")
      other.state.drop(names, "y")
      other.state.put(names, "x", "Ada")
    })
    expect(other.digest()).toBe(one.digest())
    for (const change of [
      () => other.state.put(names, "x", "Cy"),
      () => other.state.open(work("b", { cause: "another" })),
      () => other.state.close("b"),
      () => other.setHead("policy", "c1", 1)
    ]) {
      const before = other.digest()
      other.fold(10, change)
      expect(other.digest()).not.toBe(before)
    }
  })
})
