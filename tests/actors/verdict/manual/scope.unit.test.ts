/** Where and for how long something is denied, and how a night in which the clocks change is kept. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { SetOverride } from "../../../../contracts/commands.ts"
import { ChatId, OverrideId } from "../../../../contracts/ids.ts"
import { hour, makeGroup, minute } from "./group.ts"
import { linkHeld } from "./link-held.ts"

const override = OverrideId.make("01941f29-7c00-7000-8000-000000000001")
const dangerous = (texts: ReadonlyArray<string>) => texts.filter((text) => text.startsWith("⛔"))

describe("given a group whose admin is Ada", () => {
  it.effect(
    "what is denied in another chat is no concern of this one, and what is denied everywhere is",
    () =>
      Effect.gen(function* () {
        const group = yield* makeGroup()
        yield* group.says("Bob", "hello")
        const deny = {
          override,
          match: "domain",
          pattern: "sales.example",
          effect: "deny",
          by: "operator"
        } as const
        yield* group.ask(SetOverride, { ...deny, chat: ChatId.make("celsewhere") })
        expect(yield* group.says("Bob", "see http://shop.sales.example/a")).toEqual([])
        yield* group.ask(SetOverride, deny)
        expect(dangerous(yield* group.passes(1_000))).toHaveLength(1)
        // A host is more specific than a domain, and the chat's own word goes before the general one.
        yield* group.says("Ada", "!wadjet allow host shop.sales.example")
        expect(dangerous(yield* group.says("Cem", "see http://shop.sales.example/b"))).toEqual([])
        expect(dangerous(yield* group.says("Cem", "see http://other.sales.example/c"))).toHaveLength(1)
      })
  )

  it.effect("a deny ends to the second, over a restart", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Bob", "see http://shop.sales.example/a")
      yield* group.says("Ada", "!wadjet deny sales.example for 10m")
      const { expiresAt } = group.named("policy.override-set")[0]!.data
      yield* group.isAwayFor(9 * minute)
      expect(group.named("policy.override-expired")).toEqual([])
      yield* group.restarts
      yield* group.passes(2 * minute)
      const [expired] = group.named("policy.override-expired")
      expect(Math.floor(expired!.time / 1_000)).toBe(Math.floor(expiresAt! / 1_000))
      expect(dangerous(yield* group.says("Cem", "see http://shop.sales.example/b"))).toEqual([])
    })
  )

  it.effect(
    "a night lasts until its end by the clocks of the chat, also where they are put forward in it",
    () =>
      Effect.gen(function* () {
        const group = yield* makeGroup()
        yield* group.says("Ada", "!wadjet settings quiet-hours 22-7")
        yield* group.says("Ada", "!wadjet settings time-zone Europe/Berlin")
        // 22:30 on 28 March 2026 in Berlin, the night in which an hour is missing there.
        const evening = Date.UTC(2026, 2, 28, 21, 30)
        const began = group.events().at(-1)!.time
        yield* group.isAwayFor(evening - began)
        expect(yield* group.says("Bob", `look ${linkHeld("suspicious")}`)).toEqual([])
        const [deferred] = group.named("verdict.deferred")
        expect(new Date(deferred!.data.until).toISOString()).toBe("2026-03-29T05:00:00.000Z")
        expect(yield* group.passes(7 * hour + 29 * minute)).toEqual([])
        expect(yield* group.passes(2 * minute)).toEqual([expect.stringContaining("⚠️")])
      })
  )
})
