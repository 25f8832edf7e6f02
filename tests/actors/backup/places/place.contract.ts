import { expect, it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import type { Place } from "../../../../actors/backup/places/place.ts"

/** What every place promises, whatever it is. `open` answers with one that holds nothing. */
export const placeContract = (
  open: Effect.Effect<Place, unknown, Scope.Scope>,
  fenced: () => boolean = () => true
) => {
  it.live("hands out what it stored, and nothing for what it did not", () =>
    Effect.gen(function* () {
      const place = yield* open
      const bytes = Buffer.from([0, 255, 10, 13, 128])
      expect(yield* place.putIfAbsent("a0/log/000000000001.wseg", bytes)).toBe("stored")
      expect(yield* place.get("a0/log/000000000001.wseg")).toEqual(bytes)
      expect(yield* place.get("a0/log/000000000002.wseg")).toBeUndefined()
    })
  )

  it.live("keeps what is there when another one is put in its place", () =>
    Effect.gen(function* () {
      const place = yield* open
      yield* place.putIfAbsent("one", Buffer.from("first"))
      expect(yield* place.putIfAbsent("one", Buffer.from("second"))).toBe("taken")
      expect(String(yield* place.get("one"))).toBe("first")
    })
  )

  it.live("says whether it keeps two writers apart", () =>
    Effect.gen(function* () {
      const place = yield* open
      expect(yield* place.fenced).toBe(fenced())
      expect(yield* place.fenced).toBe(fenced())
    })
  )

  it.live("replaces an object where it is asked to", () =>
    Effect.gen(function* () {
      const place = yield* open
      yield* place.replace("current", Buffer.from("a longer first one"))
      yield* place.replace("current", Buffer.from("second"))
      expect(String(yield* place.get("current"))).toBe("second")
    })
  )

  it.live("lists by prefix, in order, behind a key", () =>
    Effect.gen(function* () {
      const place = yield* open
      for (const key of ["a/log/3", "a/log/1", "b/log/9", "a/log/2", "a/logs"])
        yield* place.putIfAbsent(key, Buffer.from(key))
      const keys = (objects: ReadonlyArray<{ readonly key: string }>) => objects.map(({ key }) => key)
      expect(keys(yield* place.list("a/log/"))).toEqual(["a/log/1", "a/log/2", "a/log/3"])
      expect(keys(yield* place.list("a/log/", "a/log/1"))).toEqual(["a/log/2", "a/log/3"])
      expect(yield* place.list("a/log/2")).toEqual([{ key: "a/log/2", bytes: 7 }])
      expect(yield* place.list("c/")).toEqual([])
    })
  )

  it.live("forgets what it is asked to delete, and does not mind what is not there", () =>
    Effect.gen(function* () {
      const place = yield* open
      yield* place.putIfAbsent("gone", Buffer.from("x"))
      yield* place.remove("gone")
      yield* place.remove("gone")
      expect(yield* place.get("gone")).toBeUndefined()
    })
  )
}

/** Two who put the same key at the same moment, again and again: one of them stored it, and it is that one's. */
export const fencingContract = (open: Effect.Effect<Place, unknown, Scope.Scope>) =>
  it.live("lets one of two through who store at the same moment", () =>
    Effect.gen(function* () {
      const place = yield* open
      for (let round = 0; round < 25; round++) {
        const put = (by: string) =>
          Effect.map(place.putIfAbsent(`race/${round}`, Buffer.from(by)), (answer) => ({ answer, by }))
        const both = yield* Effect.all([put("one"), put("other")], { concurrency: 2 })
        const stored = both.filter(({ answer }) => answer === "stored")
        expect(stored.length).toBe(1)
        expect(String(yield* place.get(`race/${round}`))).toBe(stored[0]!.by)
      }
    })
  )
