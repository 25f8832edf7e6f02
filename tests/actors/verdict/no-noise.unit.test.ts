import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { ChatLinked } from "../../../contracts/membership.ts"
import { bad, here, makeStory, minute, other, there } from "./story.ts"

const twenty = Array.from({ length: 20 }, (_, index) => `m${index}`)

const kinds = (queued: ReadonlyArray<{ readonly kind: string }>) => {
  const counts = new Map<string, number>()
  for (const { kind } of queued) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return Object.fromEntries(counts)
}

describe("one link that twenty people post within a minute", () => {
  it.effect("is one full warning and nineteen reactions, though they were all posted before its scan", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      for (const name of twenty) story.posted(name, [bad])
      story.scanned(bad, "malicious")
      const queued = yield* story.queued
      expect(kinds(queued)).toEqual({ text: 1, reaction: 19 })
      expect(new Set(queued.flatMap(({ body, kind }) => (kind === "reaction" ? [body.text] : [])))).toEqual(
        new Set(["⛔"])
      )
    })
  )

  it.effect("is that in each chat, and for each link", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.scanned(bad, "malicious")
      story.scanned(other, "malicious")
      for (const name of twenty) {
        story.posted(name, [bad], here)
        story.posted(`${name} there`, [other], there)
        story.posted(`${name} too`, [other], here)
      }
      expect(kinds(yield* story.queued)).toEqual({ text: 3, reaction: 57 })
    })
  )

  it.effect("is a full warning again once the chat's cooldown is over", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set({ cooldownMinutes: 10 })
      story.scanned(bad, "malicious", 60 * minute)
      story.posted("m", [bad])
      yield* story.settle
      yield* story.pass(10 * minute - 1)
      story.posted("n", [bad])
      expect(kinds(yield* story.queued)).toEqual({ reaction: 1 })
      yield* story.pass(1)
      story.posted("o", [bad])
      expect(kinds(yield* story.queued)).toEqual({ text: 1 })
    })
  )

  it.effect("is a full warning each time where the chat has no cooldown", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set({ cooldownMinutes: 0 })
      story.scanned(bad, "malicious")
      for (const name of twenty) story.posted(name, [bad])
      expect(kinds(yield* story.queued)).toEqual({ text: 20 })
    })
  )

  it.effect("that turns out to be worse has its one notice corrected, and its reactions changed", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      for (const name of twenty) story.posted(name, [bad])
      story.scanned(bad, "suspicious")
      expect(kinds(yield* story.queued)).toEqual({ text: 1, reaction: 19 })
      story.scanned(bad, "malicious")
      expect(kinds(yield* story.queued)).toEqual({ correction: 1, reaction: 19 })
      expect(yield* story.words).toEqual([])
    })
  )

  it.effect(
    "that turns out to be harmless has them all taken back, with words only where there were any",
    () =>
      Effect.gen(function* () {
        const story = yield* makeStory()
        for (const name of twenty) story.posted(name, [bad])
        story.scanned(bad, "malicious")
        yield* story.settle
        story.scanned(bad, "benign")
        const queued = yield* story.queued
        expect(queued.map(({ kind, standalone }) => [kind, standalone])).toEqual(
          twenty.map(() => ["correction", false])
        )
      })
  )

  it.effect("is warned about in words again once the message with the words is gone", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.scanned(bad, "malicious")
      story.posted("m", [bad])
      story.posted("n", [bad])
      yield* story.settle
      story.deleted("m")
      yield* story.settle
      story.posted("o", [bad])
      expect(kinds(yield* story.queued)).toEqual({ text: 1 })
    })
  )

  it.effect("as a suspicious one says nothing of it as a malicious one", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.posted("m", [bad])
      story.scanned(bad, "suspicious")
      yield* story.settle
      story.overridden(1, "deny")
      story.posted("n", [bad])
      expect(kinds(yield* story.queued)).toEqual({ correction: 1, reaction: 1 })
    })
  )
})

describe("many links that are posted within a minute", () => {
  const many = (name: string) => Array.from({ length: 9 }, (_, index) => `http://${name}${index}.example/`)

  it.effect("are five warnings in words and reactions, and each chat has its own five", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      for (const url of many("bad")) {
        story.scanned(url, "malicious")
        story.posted(url, [url], here)
        story.posted(`${url} there`, [url], there)
      }
      expect(kinds(yield* story.queued)).toEqual({ text: 10, reaction: 8 })
      yield* story.pass(minute - 1)
      story.scanned(bad, "malicious")
      story.posted("early", [bad])
      expect(kinds(yield* story.queued)).toEqual({ reaction: 1 })
      yield* story.pass(1)
      story.posted("late", [bad])
      expect(kinds(yield* story.queued)).toEqual({ text: 1 })
    })
  )

  it.effect("take no words from a dangerous one where they are only suspicious", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      for (const url of many("odd")) {
        story.scanned(url, "suspicious")
        story.posted(url, [url])
      }
      expect(kinds(yield* story.queued)).toEqual({ text: 5, reaction: 4 })
      for (const url of many("bad")) {
        story.scanned(url, "malicious")
        story.posted(url, [url])
      }
      expect(kinds(yield* story.queued)).toEqual({ text: 5, reaction: 4 })
    })
  )

  it.effect("are still five where two chats turn out to be one", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      for (const [index, url] of many("bad").entries()) {
        story.scanned(url, "malicious")
        story.posted(url, [url], index < 3 ? here : there)
      }
      expect(kinds(yield* story.queued)).toEqual({ text: 8, reaction: 1 })
      story.happened(ChatLinked({ chat: here, same: there, at: story.now() }))
      story.scanned(bad, "malicious")
      story.posted("m", [bad], there)
      expect(kinds(yield* story.queued)).toEqual({ reaction: 1 })
    })
  )
})

describe("two links in one message", () => {
  const reacting = { suspicious: "react", malicious: "react" } as const

  it.effect("share its one reaction, which shows the worse of them and speaks of both", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set(reacting)
      story.posted("m", [bad, other])
      story.scanned(bad, "malicious")
      const [first] = yield* story.queued
      story.scanned(other, "suspicious")
      expect(yield* story.queued).toMatchObject([
        { kind: "reaction", target: first?.outbox, body: { text: "⛔" } }
      ])
      // Whatever the other side makes of the first, the second speaks for it.
      story.cancelled(first!.outbox, "superseded")
      expect(yield* story.words).toEqual([])
    })
  )

  it.effect("leave the reaction to the one that stays when the other one goes", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set(reacting)
      story.posted("m", [bad, other])
      story.scanned(other, "suspicious")
      story.scanned(bad, "malicious")
      const last = (yield* story.queued).at(-1)
      story.edited("m", [other])
      const [rest] = yield* story.queued
      expect(rest).toMatchObject({ kind: "reaction", target: last?.outbox, body: { text: "⚠️" } })
      story.edited("m", [])
      expect(yield* story.queued).toMatchObject([{ kind: "retraction", target: rest?.outbox }])
    })
  )

  it.effect("leave it to the one that stays dangerous when the other one is not", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set(reacting)
      story.posted("m", [bad, other])
      story.scanned(bad, "suspicious")
      story.scanned(other, "suspicious")
      const last = (yield* story.queued).at(-1)
      story.scanned(bad, "benign")
      const [rest] = yield* story.queued
      expect(rest).toMatchObject({ kind: "reaction", target: last?.outbox, body: { text: "⚠️" } })
      story.scanned(other, "benign")
      expect(yield* story.queued).toMatchObject([
        { kind: "correction", standalone: false, target: rest?.outbox }
      ])
    })
  )

  it.effect("leave it where it is when one of them is warned about in words", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set({ suspicious: "react", malicious: "reply" })
      story.posted("m", [bad, other])
      story.scanned(bad, "suspicious")
      story.scanned(other, "suspicious")
      yield* story.settle
      story.scanned(bad, "malicious")
      const [words] = yield* story.queued
      expect(words).toMatchObject({ kind: "text" })
      expect(words).not.toHaveProperty("target")
    })
  )

  it.effect("have it taken off by the words that take its place, where it shows nothing else", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set({ suspicious: "react", malicious: "reply" })
      story.posted("m", [bad, other])
      story.scanned(bad, "suspicious")
      const [reaction] = yield* story.queued
      story.scanned(bad, "malicious")
      expect(yield* story.queued).toMatchObject([
        { kind: "correction", target: reaction?.outbox, priority: "warning" }
      ])
      // What reacts to the other link does not touch those words.
      story.scanned(other, "suspicious")
      const [later] = yield* story.queued
      expect(later).toMatchObject({ kind: "reaction" })
      expect(later).not.toHaveProperty("target")
    })
  )

  it.effect("put back after it went finds the reaction as it is then", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set(reacting)
      story.posted("m", [bad, other])
      story.scanned(bad, "malicious")
      yield* story.settle
      story.edited("m", [other])
      const [retraction] = yield* story.queued
      story.scanned(other, "suspicious")
      const [shown] = yield* story.queued
      expect(shown).toMatchObject({ kind: "reaction", target: retraction?.outbox, body: { text: "⚠️" } })
      story.edited("m", [bad, other])
      expect(yield* story.queued).toMatchObject([
        { kind: "reaction", target: shown?.outbox, body: { text: "⛔" } }
      ])
    })
  )
})
