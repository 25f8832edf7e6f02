import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { bad, makeStory, minute } from "./story.ts"

describe("a warning that the other side refuses for good", () => {
  it.effect("in words is given by a reaction", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      const [warning] = yield* story.queued
      story.failed(warning!.outbox)
      const [reaction] = yield* story.queued
      expect(reaction).toMatchObject({
        kind: "reaction",
        priority: "warning",
        target: warning?.outbox,
        body: { text: "⛔" }
      })
    })
  )

  it.effect("as a reaction is given in words", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set({ malicious: "react" })
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      const [reaction] = yield* story.queued
      story.failed(reaction!.outbox)
      expect(yield* story.words).toEqual(["revised malicious to malicious", "queued correction warning"])
    })
  )

  it.effect("in both ways ends as suppressed: there is no message left that could be answered", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      for (let time = 0; time < 2; time++) {
        const [notice] = yield* story.queued
        story.failed(notice!.outbox)
      }
      expect(yield* story.words).toEqual(["suppressed malicious message-gone"])
      expect(yield* story.words).toEqual([])
      expect(story.work.size()).toBe(0)
    })
  )

  it.effect("is silenced by a mute like any other, and not said in another way after that", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      const [warning] = yield* story.queued
      story.muted(story.now() + minute)
      story.failed(warning!.outbox)
      expect(yield* story.words).toEqual(["suppressed malicious muted"])
      expect(yield* story.words).toEqual([])
    })
  )

  it.effect("leaves the next message with that link a full warning", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      const [warning] = yield* story.queued
      story.failed(warning!.outbox)
      yield* story.settle
      story.posted("n", [bad])
      expect(yield* story.queued).toMatchObject([{ kind: "text" }])
    })
  )
})

describe("a correction that the other side refuses for good", () => {
  it.effect("does not keep the link from being warned about when it is dangerous again", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      yield* story.settle
      story.overridden(1, "allow")
      const [correction] = yield* story.queued
      story.failed(correction!.outbox)
      expect(yield* story.words).toEqual([])
      story.removed(1)
      expect(yield* story.queued).toMatchObject([
        { kind: "correction", standalone: true, target: correction?.outbox, priority: "warning" }
      ])
    })
  )

  it.effect("of a suspicious link in both ways leaves it unsaid until it is dangerous", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "suspicious")
      for (let time = 0; time < 2; time++) {
        const [notice] = yield* story.queued
        story.failed(notice!.outbox)
      }
      expect(yield* story.words).toEqual([])
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual(["revised suspicious to malicious", "queued correction warning"])
    })
  )
})

describe("a chat that only tries a protection out", () => {
  it.effect("has it decided and recorded with what would be done, and nothing said", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set({ simulate: ["suspicious"] })
      story.posted("m", [bad])
      story.scanned(bad, "suspicious")
      expect(yield* story.settle).toMatchObject([
        { type: "verdict.suppressed", data: { reason: "simulated", would: "short", level: "suspicious" } }
      ])
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual(["revised suspicious to malicious", "queued text warning"])
    })
  )

  it.effect("is every chat that has set nothing else, where that is set for all", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set({ simulate: ["all"] }, "all")
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual(["suppressed malicious simulated"])
      story.set({ simulate: [] })
      story.posted("n", [bad])
      expect(yield* story.words).toEqual(["decided malicious reply", "queued text warning"])
    })
  )
})

describe("a harmless link", () => {
  it.effect("gets a reaction where the chat wants one, and loses it when it is not", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set({ benign: "react" })
      story.posted("m", [bad])
      story.scanned(bad, "benign")
      const [reaction] = yield* story.queued
      expect(reaction).toMatchObject({ kind: "reaction", body: { text: "✅" } })
      story.scanned(bad, "malicious")
      expect(yield* story.queued).toMatchObject([{ kind: "correction", target: reaction?.outbox }])
    })
  )
})
