import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { voicesPerMinuteMax } from "../../../../actors/verdict/decide.ts"
import { makeGroup, minute } from "./group.ts"

const inWords = (texts: ReadonlyArray<string>) => texts.filter((text) => text.startsWith("⛔"))
const reactions = (texts: ReadonlyArray<string>) => texts.filter((text) => text === "reaction ⛔")
const thirty = Array.from({ length: 30 }, (_, index) => index)

describe("given a group whose admin is Ada", () => {
  it.effect(
    "a deny of what thirty messages link to is five warnings in words, and a reaction on the others",
    () =>
      Effect.gen(function* () {
        const group = yield* makeGroup()
        for (const number of thirty)
          yield* group.posts(`Member ${number}`, `http://shop${number}.sales.example/`)
        expect(yield* group.passes(10_000)).toEqual([])
        const read = yield* group.says("Ada", "!wadjet deny sales.example")
        const more = [...(yield* group.passes(5_000)), ...(yield* group.passes(5_000))]
        const all = [...read, ...more]
        expect(all).toContain("Denied in this chat: sales[.]example.")
        expect(inWords(all)).toHaveLength(voicesPerMinuteMax)
        expect(reactions(all)).toHaveLength(thirty.length - voicesPerMinuteMax)
        // Each of them was told, and none was left out for the sake of quiet.
        expect(group.named("verdict.revised").filter(({ data }) => data.notice !== undefined)).toHaveLength(
          30
        )
        expect(group.named("verdict.suppressed")).toEqual([])
      })
  )

  it.effect("words are there again a minute later", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Ada", "!wadjet deny sales.example")
      for (const number of thirty)
        yield* group.posts(`Member ${number}`, `http://shop${number}.sales.example/`)
      const first = yield* group.passes(minute - 5_000)
      expect([inWords(first).length, reactions(first).length]).toEqual([5, 25])
      yield* group.passes(10_000)
      expect(inWords(yield* group.says("Bob", "http://new.sales.example/"))).toHaveLength(1)
    })
  )

  it.effect("a chat that wants words each time has them each time", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Ada", "!wadjet settings cooldown-minutes 0")
      yield* group.says("Ada", "!wadjet deny sales.example")
      for (const number of thirty)
        yield* group.posts(`Member ${number}`, `http://shop${number}.sales.example/`)
      expect(inWords(yield* group.passes(30_000))).toHaveLength(30)
    })
  )
})

describe("a command that names a link", () => {
  it.effect("is not warned about where its admin allows or denies it", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      expect(yield* group.says("Ada", "!wadjet deny http://evil.example/x")).toEqual([
        "Denied in this chat: hxxp://evil[.]example/x."
      ])
      expect(yield* group.says("Ada", "!wadjet allow http://evil.example/x")).toEqual([
        "Allowed in this chat: hxxp://evil[.]example/x."
      ])
      expect(group.named("verdict.decided").filter(({ data }) => data.notice !== undefined)).toEqual([])
    })
  )

  it.effect("is warned about where a member may not give it: nobody hides a link behind a command", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Ada", "!wadjet deny evil.example")
      const read = yield* group.says("Bob", "!wadjet allow http://evil.example/x")
      expect(inWords(read)).toHaveLength(1)
      expect(read).toContain("Only this group's admins can do that.")
    })
  )

  it.effect("is warned about where it only asks about the link", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Ada", "!wadjet deny evil.example")
      expect(inWords(yield* group.says("Ada", "!wadjet scan http://evil.example/x"))).toHaveLength(1)
    })
  )
})

describe("whoever gives more commands than anybody reads", () => {
  const tooMany = expect.stringContaining(
    "Too many commands: yours are not answered here until 1 Jan 2026, 00:10"
  )

  it.effect("is told so once, and is not answered for ten minutes", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      for (let count = 0; count < 20; count++) yield* group.posts("Bob", "!wadjet help")
      const read = yield* group.passes(10_000)
      expect(read.filter((text) => text.startsWith("Write !wadjet"))).toHaveLength(5)
      expect(read.filter((text) => text.startsWith("Too many"))).toEqual([tooMany])
      expect(read).toHaveLength(6)
      // Each of them is a fact all the same.
      const outcomes = group.named("policy.command-answered").map(({ data }) => data.outcome)
      expect(outcomes.filter((outcome) => outcome === "too-many")).toHaveLength(15)
      yield* group.passes(9 * minute)
      expect(yield* group.says("Bob", "!wadjet help")).toEqual([])
      expect(yield* group.says("Cem", "!wadjet help")).toHaveLength(1)
      yield* group.passes(minute)
      expect(yield* group.says("Bob", "!wadjet help")).toHaveLength(1)
    })
  )

  it.effect("is not answered after a restart, either, and may opt out all the same", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      for (let count = 0; count < 7; count++) yield* group.posts("Bob", "!wadjet help")
      yield* group.passes(10_000)
      yield* group.restarts
      expect(yield* group.says("Bob", "!wadjet help")).toEqual([])
      expect(yield* group.says("Bob", "!wadjet optout")).toEqual([])
      expect(group.named("policy.opted-out")).toHaveLength(1)
    })
  )

  it.effect("has more of them answered where they administer the chat", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      for (let count = 0; count < 35; count++) yield* group.posts("Ada", "!wadjet status")
      const read = yield* group.passes(30_000)
      expect(read.filter((text) => text.startsWith("Links are watched"))).toHaveLength(30)
      expect(read.filter((text) => text.startsWith("Too many"))).toHaveLength(1)
    })
  )
})
