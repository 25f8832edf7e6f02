import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { everyLane, makeLanes } from "../../../infra/actor/lanes.ts"
import { bad, here, host, link, makeStory, minute, other, there } from "./story.ts"

describe("a fresh override", () => {
  it.effect("to deny warns every chat that holds the link, once", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad, other])
      story.posted("n", [bad], there)
      story.scanned(bad, "benign")
      story.scanned(other, "benign")
      yield* story.settle
      story.overridden(1, "deny")
      expect(
        (yield* story.queued).map(({ body, chat, kind }) => [chat, kind, body.text.split("\n")[2]])
      ).toEqual([
        [here, "text", "Why: an admin has blocked it"],
        [there, "text", "Why: an admin has blocked it"]
      ])
      expect(yield* story.words).toEqual([])
    })
  )

  it.effect("to allow takes the warning back", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      yield* story.settle
      story.overridden(1, "allow")
      expect(yield* story.words).toEqual(["revised malicious to benign", "queued correction notice"])
    })
  )

  it.effect("decides before any scan", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.overridden(1, "deny")
      story.posted("m", [bad])
      expect(yield* story.words).toEqual(["decided malicious reply", "queued text warning"])
    })
  )

  it.effect("of one chat is not heard in another", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.posted("n", [bad], there)
      story.overridden(1, "deny", { chat: there })
      expect((yield* story.queued).map(({ chat }) => chat)).toEqual([there])
    })
  )

  it.effect.each([
    ["a URL", { match: "url", token: link(bad) }, ["http://login.bad.example/x"]],
    [
      "a host",
      { match: "host", token: host("login.bad.example") },
      ["http://login.bad.example/x", "http://login.bad.example/y"]
    ],
    ["a host that has subdomains", { match: "host", token: host("bad.example") }, ["http://bad.example/"]],
    [
      "a domain",
      { match: "domain", token: host("bad.example") },
      ["http://login.bad.example/x", "http://login.bad.example/y", "http://bad.example/"]
    ]
  ] as const)("matches %s and no more", ([, change, matched]) =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      const all = [
        "http://login.bad.example/x",
        "http://login.bad.example/y",
        "http://bad.example/",
        "http://notbad.example/",
        "http://example/"
      ]
      for (const url of all) story.posted(url, [url])
      story.overridden(1, "deny", change)
      const facts = yield* story.settle
      const warned = facts.flatMap((fact) => (fact.type === "verdict.decided" ? [fact.data.link] : []))
      expect(warned.toSorted()).toEqual(matched.map(link).toSorted())
    })
  )
})

describe("an override that is gone", () => {
  it.effect("leaves the level of the scan, in words where something was said", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "benign")
      story.overridden(1, "deny")
      yield* story.settle
      story.removed(1)
      expect(yield* story.words).toEqual(["revised malicious to benign", "queued correction notice"])
    })
  )

  it.effect("brings back a warning that it had kept silent", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.overridden(1, "allow")
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual(["decided benign none"])
      story.removed(1)
      expect(yield* story.words).toEqual(["revised benign to malicious", "queued text warning"])
    })
  )

  it.effect("gives way to the next one that matches", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.overridden(1, "deny")
      story.overridden(2, "allow", { chat: here })
      story.posted("m", [bad])
      expect(yield* story.words).toEqual(["decided benign none"])
      story.removed(2)
      expect(yield* story.words).toEqual(["revised benign to malicious", "queued text warning"])
    })
  )
})

describe("an override with an expiry", () => {
  it.effect("runs out at its moment and not before, and what it decided is looked at again", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "benign", 60 * minute)
      story.overridden(1, "deny", { expiresAt: story.now() + 10 * minute })
      yield* story.settle
      yield* story.pass(10 * minute - 1)
      expect(yield* story.words).toEqual([])
      yield* story.pass(1)
      expect(yield* story.words).toEqual([
        "override expired",
        "revised malicious to benign",
        "queued correction notice"
      ])
      expect(story.work.size()).toBe(0)
    })
  )

  it.effect("decides nothing after its moment, though nobody was there to say that it ran out", () =>
    Effect.gen(function* () {
      for (const scope of [{}, { chat: here }]) {
        const story = yield* makeStory()
        story.overridden(1, "deny", { ...scope, expiresAt: story.now() + minute })
        yield* story.pass(2 * minute)
        story.posted("m", [bad])
        expect(yield* story.words).toEqual(["override expired"])
        story.scanned(bad, "suspicious")
        expect(yield* story.words).toEqual(["decided suspicious short", "queued text notice"])
      }
    })
  )

  it.effect("is found to be over by what waited to be decided by it, which needs no word any more", () =>
    Effect.gen(function* () {
      for (const scope of [{}, { chat: here }]) {
        const story = yield* makeStory()
        story.posted("m", [bad])
        story.scanned(bad, "benign", 60 * minute)
        yield* story.settle
        story.overridden(1, "deny", { ...scope, expiresAt: story.now() + minute })
        yield* story.pass(2 * minute)
        expect(yield* story.words).toEqual(["override expired"])
        expect(story.work.size()).toBe(0)
      }
    })
  )

  it.effect("does not run out once it was removed", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.overridden(1, "deny", { expiresAt: story.now() + minute })
      story.removed(1)
      yield* story.pass(2 * minute)
      expect(yield* story.words).toEqual([])
    })
  )

  it.effect("runs out beside whatever is being done in the chats", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.overridden(1, "deny", { expiresAt: story.now() + minute })
      yield* story.pass(minute)
      const lanes = makeLanes(() => {})
      for (const chat of [here, there]) lanes.take(chat)
      const expiry = story.work.next(0, story.now(), () => false)!
      expect(expiry.lane).not.toBe(everyLane)
      expect(lanes.isBusy(expiry.lane)).toBe(false)
    })
  )

  it.effect("of a chat runs out in the lane of that chat", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.overridden(1, "deny", { chat: there, expiresAt: story.now() + minute })
      yield* story.pass(minute)
      expect(story.work.next(0, story.now(), () => false)?.lane).toBe(there)
    })
  )
})

describe("an override that is set again under the same id", () => {
  it.effect("no longer holds for what it was about before", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.posted("n", [other])
      for (const url of [bad, other]) story.scanned(url, "benign")
      story.overridden(1, "deny")
      yield* story.settle
      story.overridden(1, "deny", { match: "url", token: link(other) })
      expect((yield* story.words).toSorted()).toEqual([
        "queued correction notice",
        "queued text warning",
        "revised benign to malicious",
        "revised malicious to benign"
      ])
    })
  )

  it.effect("without an expiry does not run out at the earlier one", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.overridden(1, "deny", { expiresAt: story.now() + minute })
      story.overridden(1, "deny")
      yield* story.pass(2 * minute)
      expect(yield* story.words).toEqual([])
      story.posted("m", [bad])
      expect(yield* story.words).toEqual(["decided malicious reply", "queued text warning"])
    })
  )
})
