import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { entryQueuedBy } from "../../../contracts/queued-entry.ts"
import { bad, here, makeStory, message, minute, other, sender, there } from "./story.ts"

describe("given a message with a link", () => {
  it.effect("nothing is said before its scan, and one notice after it", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      expect(yield* story.words).toEqual([])
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual(["decided malicious reply", "queued text warning"])
      expect(yield* story.words).toEqual([])
    })
  )

  it.effect("the verdict carries its notice, which is about the message too", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      const facts = yield* story.settle
      expect(facts).toMatchObject([
        {
          type: "verdict.decided",
          data: {
            basis: { scan: 2, policy: 0, ruleSet: "test-1" },
            notice: { gateway: "sandbox", standalone: true },
            body: { quotes: "3A00" }
          }
        }
      ])
      expect(entryQueuedBy(facts[0]!)).toMatchObject({ chat: here, message: message("m"), sender })
    })
  )

  it.effect("each of several links has a verdict of its own", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad, other])
      story.scanned(other, "benign")
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual([
        "decided malicious reply",
        "queued text warning",
        "decided benign none"
      ])
    })
  )

  it.effect("a message that arrives again changes nothing", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      yield* story.settle
      story.posted("m", [bad, other])
      story.scanned(other, "malicious")
      expect(yield* story.words).toEqual([])
    })
  )

  it.effect("a chat that nobody can speak to has its verdict recorded as simulated", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad], here, "export")
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual(["suppressed malicious simulated"])
    })
  )

  it.effect("a suspicious one gets what the chat set", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set({ suspicious: "react" })
      story.posted("m", [bad])
      story.scanned(bad, "suspicious")
      const [entry] = yield* story.queued
      expect(entry).toMatchObject({ kind: "reaction", priority: "notice", body: { text: "⚠️" } })
    })
  )
})

describe("one scan", () => {
  it.effect("answers for every chat that posted the link", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.posted("n", [bad], there)
      story.scanned(bad, "malicious")
      expect((yield* story.queued).map(({ chat }) => chat)).toEqual([here, there])
    })
  )

  it.effect("answers at once for a message that comes while it is valid", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.scanned(bad, "malicious", 10 * minute)
      yield* story.pass(9 * minute)
      story.posted("m", [bad])
      expect(yield* story.words).toEqual(["decided malicious reply", "queued text warning"])
    })
  )

  it.effect("does not answer for a message that comes after it expired, which waits for the next one", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.scanned(bad, "malicious", 10 * minute)
      yield* story.pass(10 * minute)
      story.posted("m", [bad])
      expect(yield* story.words).toEqual([])
      story.scanned(bad, "benign")
      expect(yield* story.words).toEqual(["decided benign none"])
    })
  )

  it.effect("answers for an edit that brings the link while it is valid, and not after", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [])
      story.scanned(bad, "malicious", 10 * minute)
      yield* story.pass(minute)
      story.edited("m", [bad])
      expect(yield* story.words).toContain("decided malicious reply")
      story.posted("n", [], there)
      yield* story.pass(10 * minute)
      story.edited("n", [bad], there)
      expect(yield* story.words).toEqual([])
    })
  )

  it.effect("does not unsay a verdict when it expires", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious", minute)
      yield* story.settle
      yield* story.pass(10 * minute)
      story.overridden(1, "deny", { match: "url" })
      expect(yield* story.words).toEqual([])
    })
  )

  it.effect("that comes late and is older in the log changes nothing", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      yield* story.settle
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual([])
    })
  )
})

describe("a newer scan", () => {
  it.effect("corrects what was said, wherever it was said", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.posted("n", [bad], there)
      story.scanned(bad, "suspicious")
      const before = yield* story.queued
      story.scanned(bad, "malicious")
      const after = yield* story.queued
      expect(after.map(({ kind, target }) => [kind, target])).toEqual(
        before.map(({ outbox }) => ["correction", outbox])
      )
    })
  )

  it.effect("takes a warning back where it says benign, and says so only to those who were warned", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.muted(story.now() + minute, there)
      story.posted("n", [bad], there)
      story.scanned(bad, "malicious")
      yield* story.settle
      story.scanned(bad, "benign")
      const facts = yield* story.settle
      expect(facts.map(({ type }) => type)).toEqual(["verdict.revised", "verdict.revised"])
      const queued = facts.map(entryQueuedBy).filter((entry) => entry !== undefined)
      expect(queued).toMatchObject([
        { chat: here, kind: "correction", standalone: false, priority: "notice" }
      ])
    })
  )
})

describe("given a muted chat", () => {
  it.effect("what is silenced is recorded, and summed up at the end of its mute", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.muted(story.now() + 10 * minute)
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual(["suppressed malicious muted"])
      yield* story.pass(10 * minute - 1)
      expect(yield* story.words).toEqual([])
      yield* story.pass(1)
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual(["summarised 1 malicious, 0 suspicious", "queued text notice"])
      expect(yield* story.words).toEqual([])
    })
  )

  it.effect("its mute holds at the moment of the decision, not of the posting", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.muted(story.now() + 10 * minute)
      story.posted("m", [bad])
      yield* story.pass(9 * minute)
      story.scanned(bad, "malicious")
      yield* story.pass(2 * minute)
      expect(yield* story.words).toEqual(["decided malicious reply", "queued text warning"])
    })
  )

  it.effect("another chat hears all the same, and this one again after the mute is taken back", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.muted(story.now() + 10 * minute)
      story.posted("m", [bad])
      story.posted("n", [bad], there)
      story.scanned(bad, "malicious")
      expect((yield* story.words).toSorted()).toEqual([
        "decided malicious reply",
        "queued text warning",
        "suppressed malicious muted"
      ])
      story.unmuted()
      story.posted("o", [bad])
      expect(yield* story.words).toEqual([
        "decided malicious reply",
        "queued text warning",
        "summarised 1 malicious, 0 suspicious",
        "queued text notice"
      ])
    })
  )

  it.effect("an earlier warning is corrected although it is muted", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      yield* story.settle
      story.muted(story.now() + 10 * minute)
      story.scanned(bad, "benign")
      expect(yield* story.words).toEqual(["revised malicious to benign", "queued correction notice"])
    })
  )
})

describe("given words that were forgotten", () => {
  it.effect("a verdict that comes after that ends unsaid, as of a message that is gone", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.forget(here)
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual(["suppressed malicious message-gone"])
      expect(story.work.size()).toBe(0)
    })
  )

  it.effect("a notice that should be taken back leaves no work open for ever", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      yield* story.settle
      story.forget(here)
      story.deleted("m")
      expect(yield* story.words).toEqual(["withdrawn message-revoked"])
      expect(story.work.size()).toBe(0)
    })
  )

  it.effect("the reasons of a scan that another chat brought go unsaid, the warning does not", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.scanned(bad, "malicious")
      story.forget(here)
      story.posted("n", [bad], there)
      const [queued] = yield* story.queued
      expect(queued?.body.text).toContain("login[.]bad[.]example")
    })
  )
})

describe("given a link that the outside knows, posted again where nobody remembers it", () => {
  const asked = { awaits: ["virustotal"] }

  it.effect("what was said of it stands until the outside has been asked anew", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      yield* story.settle
      story.posted("again", [bad], there)
      story.scanned(bad, "benign", 3_600_000, asked)
      expect(yield* story.words).toEqual(["decided malicious reply", "queued text warning"])
      story.scanned(bad, "benign")
      expect(yield* story.words).toEqual([
        "revised malicious to benign",
        "queued correction notice",
        "revised malicious to benign",
        "queued correction notice"
      ])
    })
  )

  it.effect("it is warned about at once, after its result has expired too", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious", minute)
      yield* story.settle
      yield* story.pass(2 * minute)
      story.posted("again", [bad], there)
      expect(yield* story.words).toEqual([])
      story.scanned(bad, "benign", 3_600_000, asked)
      expect(yield* story.words).toEqual(["decided malicious reply", "queued text warning"])
    })
  )

  it.effect("an old message that is imported takes no warning back", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious", minute)
      yield* story.settle
      yield* story.pass(2 * minute)
      story.scanned(bad, "benign", 3_600_000, { past: true })
      expect(yield* story.words).toEqual([])
    })
  )
})
