import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { VerdictDecided } from "../../../contracts/verdict.ts"
import { bad, here, link, makeStory, message, minute, sender } from "./story.ts"

/** A chat that wants dangerous messages deleted was warned of one, and nobody has come to deleting it yet. */
const warned = Effect.fnUntraced(function* () {
  const story = yield* makeStory()
  story.set({ deleteMalicious: true })
  story.posted("m", [bad])
  return {
    ...story,
    decided: () =>
      story.happened(
        VerdictDecided({
          chat: here,
          message: message("m"),
          link: link(bad),
          sender,
          level: "malicious",
          action: "reply",
          basis: { scan: 0, policy: 0 }
        })
      ),
    deletions: Effect.map(story.settle, (facts) =>
      facts.flatMap((fact) => {
        if (fact.type === "outbox.queued") return ["queued"]
        return fact.type === "verdict.deletion-decided" ? [fact.data.outcome] : []
      })
    )
  }
})

describe("a deletion that nobody has come to yet", () => {
  it.effect(
    "is called off where the link was allowed meanwhile, and nobody is told that it is not possible",
    () =>
      Effect.gen(function* () {
        const story = yield* warned()
        story.scanned(bad, "malicious")
        story.decided()
        story.overridden(1, "allow")
        expect(yield* story.deletions).toEqual(["not-dangerous"])
      })
  )

  it.effect("is called off where what was denied holds no more, though nobody was there to say so", () =>
    Effect.gen(function* () {
      const story = yield* warned()
      story.overridden(1, "deny", { expiresAt: story.now() + minute })
      story.decided()
      yield* story.pass(2 * minute)
      expect(yield* story.deletions).toEqual(["not-dangerous"])
    })
  )

  it.effect("is said not to be possible, once, where the account is no admin", () =>
    Effect.gen(function* () {
      const story = yield* warned()
      story.scanned(bad, "malicious")
      story.decided()
      expect(yield* story.deletions).toEqual(["not-an-admin", "queued"])
    })
  )
})
