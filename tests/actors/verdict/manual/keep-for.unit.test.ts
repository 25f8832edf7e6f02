import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Said } from "../../../../contracts/message.ts"
import { SettingsChanged } from "../../../../contracts/policy.ts"
import { hour, makeGroup } from "./group.ts"

const day = 24 * hour

type Group = Effect.Success<ReturnType<typeof makeGroup>>

const texts = (group: Group) =>
  group.named("message.received").map(({ data }) => group.keyring.open<Said>(data.said)?.text ?? null)

describe("given a group that keeps what is said for 40 days", () => {
  it.effect("a month is forgotten once all of it is older, and the name and what is allowed are not", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Bob", "said in January")
      yield* group.says("Ada", "!wadjet allow example.com")
      yield* group.isAwayFor(40 * day)
      yield* group.says("Bob", "said in February")
      yield* group.happened(
        SettingsChanged({ chat: group.chat(), settings: { keepForDays: 40 }, by: "operator" })
      )
      expect(texts(group)).toContain("said in January")
      yield* group.isAwayFor(day)
      expect(texts(group)).toContain("said in January")
      yield* group.isAwayFor(32 * day)
      expect(texts(group)).toEqual([null, null, "said in February"])
      expect(group.named("policy.words-expired").map(({ data }) => data)).toMatchObject([
        { before: "2026-02", keysDestroyed: 1 }
      ])
      expect(group.keyring.open(group.named("message.renamed")[0]!.data.name)).toBe("Family")
      const [set] = group.named("policy.override-set")
      expect(group.keyring.open(set!.data.words)).toEqual({ pattern: "example.com" })
      yield* group.isAwayFor(40 * day)
      expect(texts(group)).toEqual([null, null, null])
    })
  )

  it.effect("nothing is forgotten where nobody asked for it", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Bob", "said in January")
      yield* group.isAwayFor(300 * day)
      expect(texts(group)).toEqual(["said in January"])
    })
  )
})
