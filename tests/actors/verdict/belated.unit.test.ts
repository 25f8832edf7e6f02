import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { newsMillis } from "../../../actors/verdict/belated.ts"
import { AdminsChanged } from "../../../contracts/membership.ts"
import { bad, here, makeStory, minute, other } from "./story.ts"

const thirty = Array.from({ length: 30 }, (_, index) => `m${index}`)

describe("what is said of a message that was posted long ago", () => {
  it.effect("makes nothing else wait, however much of it a deny brings up at once", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      for (const name of thirty) story.posted(name, [bad])
      yield* story.pass(newsMillis + 1)
      story.posted("fresh", [bad])
      story.overridden(1, "deny")
      const queued = yield* story.queued
      // The fresh one goes first, although the others have waited for longer.
      expect(queued.map(({ priority }) => priority)).toEqual(["warning", ...thirty.map(() => "belated")])
    })
  )

  it.effect("has its message deleted in its turn, too, where the chat wants that", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set({ deleteMalicious: true })
      story.happened(AdminsChanged({ chat: here, added: [], removed: [], self: "added", at: story.now() }))
      story.posted("m", [bad])
      yield* story.pass(newsMillis + 1)
      story.posted("fresh", [bad])
      story.overridden(1, "deny")
      const deletions = (yield* story.queued).filter(({ kind }) => kind === "deletion")
      expect(deletions.map(({ priority }) => priority).toSorted()).toEqual(["belated", "warning"])
    })
  )

  it.effect("is belated from the first moment after an hour on", () =>
    Effect.gen(function* () {
      for (const [millis, priority] of [
        [newsMillis, "warning"],
        [newsMillis + 1, "belated"]
      ] as const) {
        const story = yield* makeStory()
        story.posted("m", [bad])
        yield* story.pass(millis)
        story.scanned(bad, "malicious")
        expect(yield* story.queued).toMatchObject([{ priority }])
      }
    })
  )

  it.effect("waits alike whatever it is, so that it leaves in its order", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set({ suspicious: "react", malicious: "reply" })
      story.posted("m", [bad])
      story.scanned(bad, "suspicious", 600 * minute)
      yield* story.settle
      yield* story.pass(newsMillis + 1)
      // Words take the place of the reaction, an edit brings a reaction to another link, and then all of it goes.
      story.scanned(bad, "malicious", 600 * minute)
      const said = [...(yield* story.queued)]
      story.edited("m", [bad, other])
      story.scanned(other, "suspicious")
      said.push(...(yield* story.queued))
      story.deleted("m")
      said.push(...(yield* story.queued))
      expect(said.map(({ kind, priority }) => [kind, priority])).toEqual([
        ["correction", "belated"],
        ["reaction", "belated"],
        ["retraction", "belated"],
        ["retraction", "belated"]
      ])
    })
  )
})
