import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { bad, makeStory, minute, other } from "./story.ts"

describe("a message that is deleted", () => {
  it.effect("before its scan ends as gone, whatever the scan says", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.deleted("m")
      expect(yield* story.words).toEqual([])
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual(["suppressed malicious message-gone"])
    })
  )

  it.effect("between its scan and its warning ends as gone", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      story.deleted("m")
      expect(yield* story.words).toEqual(["suppressed malicious message-gone"])
    })
  )

  it.effect("after its warning has the warning taken back, once", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      const [warning] = yield* story.queued
      story.deleted("m")
      const facts = yield* story.settle
      expect(facts).toMatchObject([
        {
          type: "verdict.withdrawn",
          data: {
            reason: "message-revoked",
            notice: {
              kind: "retraction",
              target: warning?.outbox,
              priority: "warning",
              standalone: false
            },
            body: { text: "" }
          }
        }
      ])
      story.deleted("m")
      story.scanned(bad, "benign")
      expect(yield* story.words).toEqual([])
    })
  )

  it.effect("has nothing taken back where nothing was said", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "benign")
      yield* story.settle
      story.deleted("m")
      expect(yield* story.words).toEqual([])
    })
  )

  it.effect("leaves the same link in another message as it is", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.posted("n", [bad])
      story.deleted("m")
      story.scanned(bad, "malicious")
      expect((yield* story.words).toSorted()).toEqual([
        "decided malicious reply",
        "queued text warning",
        "suppressed malicious message-gone"
      ])
    })
  )
})

describe("a notice that never left", () => {
  it.effect("because its message was gone ends its verdict as suppressed, for that reason", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      const [warning] = yield* story.queued
      story.deleted("m")
      const [retraction] = yield* story.queued
      story.cancelled(warning!.outbox)
      story.cancelled(retraction!.outbox)
      expect(yield* story.words).toEqual(["suppressed malicious message-gone"])
      expect(yield* story.words).toEqual([])
    })
  )

  it.effect("because a later one took its place needs no further word", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "suspicious")
      const [first] = yield* story.queued
      story.scanned(bad, "malicious")
      yield* story.settle
      story.cancelled(first!.outbox, "superseded")
      expect(yield* story.words).toEqual([])
    })
  )

  it.effect("is of no concern where it belongs to an earlier life of the link", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      const [first] = yield* story.queued
      story.edited("m", [])
      yield* story.settle
      story.edited("m", [bad])
      const [second] = yield* story.queued
      story.edited("m", [])
      // The end of the first comes in only now: the second is still to be taken back.
      story.cancelled(first!.outbox)
      const [retraction] = yield* story.queued
      expect(retraction).toMatchObject({ kind: "retraction", target: second?.outbox })
    })
  )

  it.effect("as a correction that had nothing to correct leaves a link of which nothing was said", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      const [warning] = yield* story.queued
      story.overridden(1, "allow")
      const [correction] = yield* story.queued
      story.cancelled(warning!.outbox)
      story.cancelled(correction!.outbox)
      story.removed(1)
      expect(yield* story.words).toEqual(["revised benign to malicious", "queued text warning"])
    })
  )
})

describe("a link that is edited away", () => {
  it.effect("has its notice taken back, and the links that stay keep theirs", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad, other])
      story.scanned(bad, "malicious")
      story.scanned(other, "malicious")
      yield* story.settle
      story.edited("m", [other])
      expect(yield* story.words).toEqual(["withdrawn link-edited-away", "queued retraction warning"])
    })
  )

  it.effect("before its scan ends as gone", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.edited("m", [])
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual(["suppressed malicious message-gone"])
    })
  )
})

describe("a link that is edited away and put back", () => {
  it.effect("before its notice was taken back keeps that notice", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      yield* story.settle
      story.edited("m", [])
      story.edited("m", [bad])
      expect(yield* story.words).toEqual([])
      story.scanned(bad, "benign")
      expect(yield* story.words).toEqual(["revised malicious to benign", "queued correction notice"])
    })
  )

  it.effect("is warned of again after its notice was taken back", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      yield* story.settle
      story.edited("m", [])
      yield* story.settle
      story.edited("m", [bad])
      expect((yield* story.words)[0]).toBe("decided malicious reply")
      story.edited("m", [])
      expect(yield* story.words).toEqual(["withdrawn link-edited-away", "queued retraction warning"])
    })
  )

  it.effect("is warned of by a correction of what is being taken back, so that no two notices stand", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "suspicious")
      yield* story.settle
      story.edited("m", [])
      const [retraction] = yield* story.queued
      // The new word is more urgent than the retraction, and will overtake it.
      story.overridden(1, "deny")
      story.edited("m", [bad])
      const [warning] = yield* story.queued
      expect([retraction?.priority, warning?.priority]).toEqual(["notice", "warning"])
      expect(warning).toMatchObject({ kind: "correction", target: retraction?.outbox, standalone: true })
      expect(warning?.body.text).not.toContain("(corrected)")
    })
  )

  it.effect("and only later found to be dangerous is warned of in the same way", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "suspicious")
      yield* story.settle
      story.edited("m", [])
      const [retraction] = yield* story.queued
      story.overridden(1, "allow")
      story.edited("m", [bad])
      expect(yield* story.words).toEqual(["decided benign none"])
      story.removed(1)
      story.overridden(2, "deny")
      const [warning] = yield* story.queued
      expect(warning).toMatchObject({ kind: "correction", target: retraction?.outbox, standalone: true })
    })
  )

  it.effect(
    "is looked at as of the moment at which it was put back: an expired scan does not answer for it",
    () =>
      Effect.gen(function* () {
        const story = yield* makeStory()
        story.posted("m", [bad])
        story.scanned(bad, "malicious", minute)
        yield* story.settle
        story.edited("m", [])
        yield* story.settle
        yield* story.pass(10 * minute)
        story.edited("m", [bad])
        expect(yield* story.words).toEqual([])
        story.scanned(bad, "benign")
        expect(yield* story.words).toEqual(["decided benign none"])
      })
  )

  it.effect("in a muted chat is told of as little as any other", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      yield* story.settle
      story.edited("m", [])
      yield* story.settle
      story.muted(story.now() + minute)
      story.edited("m", [bad])
      expect(yield* story.words).toEqual(["suppressed malicious muted"])
    })
  )
})
