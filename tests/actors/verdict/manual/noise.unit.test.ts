import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { hour, makeGroup, minute } from "./group.ts"
import { linkHeld } from "./link-held.ts"

const bad = linkHeld("malicious")
const doubtful = linkHeld("suspicious")
const badHost = new URL(bad).hostname
const defanged = badHost.replaceAll(".", "[.]")

const inWords = (texts: ReadonlyArray<string>) => texts.filter((text) => text.includes("\n"))
const reactions = (texts: ReadonlyArray<string>) => texts.filter((text) => text.startsWith("reaction "))

describe("given a group whose admin is Ada", () => {
  it.effect("one link that twenty people post is one warning and nineteen reactions", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      for (let number = 0; number < 20; number++) yield* group.posts(`Member ${number}`, `wow ${bad}`)
      const read = yield* group.passes(10_000)
      expect(inWords(read)).toHaveLength(1)
      expect(reactions(read)).toEqual(Array.from({ length: 19 }, () => "reaction ⛔"))
      yield* group.passes(minute)
      expect(inWords(yield* group.says("Bob", `look ${bad}`))).toHaveLength(1)
    })
  )

  it.effect("a muted chat hears nothing, and what it missed once it is not muted any more", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Ada", "!wadjet mute 2h")
      expect(yield* group.says("Bob", `look ${bad}`)).toEqual([])
      expect(yield* group.passes(hour)).toEqual([])
      expect(yield* group.passes(hour)).toEqual([
        `While Wadjet was muted, 1 dangerous link went by without a word.\nDo not open: ${defanged}`
      ])
      expect(yield* group.passes(24 * hour)).toEqual([])
    })
  )

  it.effect("what is not dangerous waits for the end of the night, and what is dangerous does not", () =>
    Effect.gen(function* () {
      // It is midnight in London.
      const group = yield* makeGroup()
      expect(yield* group.says("Ada", "!wadjet settings quiet-hours 22-7")).toEqual([
        expect.stringContaining("22:00-07:00")
      ])
      expect(yield* group.says("Bob", `look ${doubtful}`)).toEqual([])
      expect(inWords(yield* group.says("Cy", `look ${bad}`))).toHaveLength(1)
      expect(yield* group.passes(6 * hour)).toEqual([])
      const [morning] = yield* group.passes(hour)
      expect(morning).toContain("⚠️ Suspicious link: ")
    })
  )

  it.effect("a restart in the night changes nothing of that", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Ada", "!wadjet settings quiet-hours 22-7")
      yield* group.says("Bob", `look ${doubtful}`)
      expect(yield* group.restarts).toEqual([])
      expect(yield* group.passes(7 * hour)).toEqual([expect.stringContaining("Suspicious link")])
    })
  )

  it.effect("a chat that is spoken to in Arabic is warned in Arabic", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Ada", "!wadjet settings language ar")
      const [warning] = yield* group.says("Bob", `look ${bad}`)
      expect(warning?.split("\n")[0]).toBe(`⛔ رابط خطير: \u2066${defanged}\u2069`)
    })
  )

  it.effect("an allow for ten minutes takes the warning back, and ends to the second", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      expect(inWords(yield* group.says("Bob", `look ${bad}`))).toHaveLength(1)
      const allowed = yield* group.says("Ada", `!wadjet allow ${badHost} for 10m`)
      expect(allowed.filter((text) => text.startsWith("edit ✅"))).toHaveLength(1)
      const { expiresAt } = group.named("policy.override-set")[0]!.data
      yield* group.passes(11 * minute)
      const [expired] = group.named("policy.override-expired")
      expect(Math.floor(expired!.time / 1_000)).toBe(Math.floor(expiresAt! / 1_000))
      const [posted] = group.named("message.received")
      const revised = group
        .named("verdict.revised")
        .filter(({ data }) => data.message === posted!.data.message)
      expect(revised.map(({ data }) => [data.from, data.to])).toEqual([
        ["malicious", "benign"],
        ["benign", "malicious"]
      ])
    })
  )

  it.effect("a chat that tries it out hears nothing, and what it would have heard is recorded", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Ada", "!wadjet settings simulate all")
      expect(yield* group.says("Bob", `look ${bad}`)).toEqual([])
      expect(group.named("verdict.suppressed").map(({ data }) => [data.reason, data.would])).toEqual([
        ["simulated", "reply"]
      ])
    })
  )
})
