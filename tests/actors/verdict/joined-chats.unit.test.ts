import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { ChatLinked } from "../../../contracts/membership.ts"
import { bad, here, makeStory, minute, there } from "./story.ts"

/** A chat known by a number, and one known by a LID, turn out to be with one person. */
const joined = (story: Effect.Success<ReturnType<typeof makeStory>>) =>
  story.happened(ChatLinked({ chat: here, same: there, at: story.now() }))

describe("two chats that turn out to be one", () => {
  it.effect("are both muted where either was promised silence, and for as long", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.muted(story.now() + 10 * minute, there)
      story.muted(story.now() + 5 * minute, here)
      joined(story)
      yield* story.pass(6 * minute)
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual(["suppressed malicious muted"])
    })
  )

  it.effect("are spoken to again when either name is named", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.muted(story.now() + 10 * minute, there)
      joined(story)
      story.unmuted(there)
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual(["decided malicious reply", "queued text warning"])
    })
  )

  it.effect("are treated as the older one was set to be, else as the other was", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set({ suspicious: "react" }, there)
      joined(story)
      story.posted("m", [bad])
      story.scanned(bad, "suspicious")
      expect(yield* story.words).toEqual(["decided suspicious react", "queued reaction notice"])

      const both = yield* makeStory()
      both.set({ suspicious: "none" }, here)
      both.set({ suspicious: "react" }, there)
      joined(both)
      both.posted("m", [bad])
      both.scanned(bad, "suspicious")
      expect(yield* both.words).toEqual(["decided suspicious none"])
    })
  )

  it.effect("share the overrides of either, for what was posted before as well", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      yield* story.settle
      story.overridden(1, "allow", { chat: there })
      expect(yield* story.words).toEqual([])
      joined(story)
      expect(yield* story.words).toEqual(["revised malicious to benign", "queued correction notice"])
      story.posted("n", [bad], there)
      expect(yield* story.words).toEqual(["decided benign none"])
    })
  )

  it.effect("are one for whoever joins later, too", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      joined(story)
      joined(story)
      story.happened(ChatLinked({ chat: there, same: here, at: story.now() }))
      story.muted(story.now() + minute, there)
      story.posted("m", [bad], here)
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual(["suppressed malicious muted"])
    })
  )
})
