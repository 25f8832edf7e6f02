import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { brandsOfOperator } from "../../../../actors/scan/brand-index.ts"
import { parseBrands } from "../../../../contracts/brand-list.ts"
import { FeedMatched } from "../../../../contracts/feed.ts"
import { chat, listed, makeStory, page } from "./story.ts"

describe("a link that chats hold", () => {
  it.effect("is looked at again after ten minutes, an hour, nine hours and a day, and then no more", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      yield* story.run
      yield* story.posted("m", page)
      const first = yield* story.scanned(page)
      yield* story.wait(9)
      expect(story.again()).toEqual([])
      yield* story.wait(3)
      expect(story.again()).toEqual(["10m"])
      expect(story.scans().at(-1)!.data).toMatchObject({ revises: first, level: "benign" })
      expect(story.asked).toEqual([`${page} sparingly`])
      yield* story.wait(60)
      expect(story.again()).toEqual(["10m", "1h"])
      yield* story.wait(9 * 60)
      yield* story.wait(15 * 60)
      expect(story.again()).toEqual(["10m", "1h", "9h", "24h"])
      yield* story.wait(10 * 24 * 60)
      expect(story.again()).toHaveLength(4)
    })
  )

  it.effect("is found out to be malicious by then, which is said with all that was known before", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      yield* story.run
      yield* story.posted("m", page)
      yield* story.scanned(page)
      story.outsideSays([listed])
      yield* story.wait(11)
      expect(story.scans().at(-1)!.data).toMatchObject({
        level: "malicious",
        again: "10m",
        evidence: [{ source: "safe-browsing", kind: "listed" }]
      })
      expect(story.foundIn(-1)).toMatchObject({ url: page, details: ["phishing"] })
    })
  )

  it.effect("is judged by the brands that the operator has named by then", () =>
    Effect.gen(function* () {
      const brands = brandsOfOperator(parseBrands("villagebank: village-bank.example"))
      for (const [some, kinds] of [
        [undefined, []],
        [brands, ["high"]]
      ] as const) {
        const story = yield* makeStory(undefined, false, some)
        yield* story.run
        const imitation = "https://villagebank-login.com/"
        yield* story.posted("m", imitation)
        yield* story.scanned(imitation)
        yield* story.wait(11)
        const { again, evidence } = story.scans().at(-1)!.data
        const found = evidence.filter(({ source }) => source === "look-alike").map(({ kind }) => kind)
        expect([again, found]).toEqual(["10m", kinds])
      }
    })
  )

  it.effect("is looked at only after a day once it is held to be malicious", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      yield* story.run
      yield* story.posted("m", page)
      const first = yield* story.scanned(page)
      yield* story.scanned(page, { evidence: [listed], revises: first })
      yield* story.wait(20 * 60)
      expect(story.again()).toEqual([])
      yield* story.wait(5 * 60)
      expect(story.again()).toEqual(["24h"])
    })
  )

  it.effect("keeps what a source said that does not answer now", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      yield* story.run
      yield* story.posted("m", page)
      const first = yield* story.scanned(page)
      yield* story.scanned(page, { evidence: [listed], revises: first })
      const silent = { source: "safe-browsing", reason: "it did not answer in time" }
      story.outsideSays([], [silent])
      yield* story.wait(25 * 60)
      expect(story.scans().at(-1)!.data).toMatchObject({
        again: "24h",
        level: "malicious",
        missing: [silent]
      })
    })
  )

  it.effect("is taken back where a source that listed it answers that it does not", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      yield* story.run
      yield* story.posted("m", page)
      const first = yield* story.scanned(page)
      yield* story.scanned(page, { evidence: [listed], revises: first })
      yield* story.wait(25 * 60)
      expect(story.scans().at(-1)!.data).toMatchObject({ again: "24h", level: "benign" })
    })
  )

  it.effect("is looked at once for all steps that were missed while nothing ran", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      const first = yield* story.run
      yield* story.posted("m", page)
      yield* story.scanned(page)
      yield* story.wait(1)
      yield* first.kill
      yield* story.wait(10 * 60)
      yield* story.start(story.watch, { disk: first.disk })
      yield* story.wait(1)
      expect(story.again()).toEqual(["9h"])
      yield* story.wait(15 * 60)
      expect(story.again()).toEqual(["9h", "24h"])
    })
  )

  it.effect("shares its work with all that is due in the same minute", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      const running = yield* story.run
      for (let at = 0; at < 100; at++) {
        yield* story.posted(`m${at}`, `https://h${at}.example.com/`)
        yield* story.scanned(`https://h${at}.example.com/`)
      }
      yield* story.until("all is folded", () => running.work.size() === 1)
      yield* story.wait(12)
      expect(story.again()).toHaveLength(100)
      expect(running.work.size()).toBe(1)
    })
  )

  it.effect("begins anew when it is posted anew and looked at as new", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      yield* story.run
      yield* story.posted("m", page)
      yield* story.scanned(page)
      yield* story.wait(120)
      expect(story.again()).toEqual(["10m", "1h"])
      yield* story.posted("n", page)
      yield* story.scanned(page)
      yield* story.wait(11)
      expect(story.again()).toEqual(["10m", "1h", "10m"])
    })
  )
})

describe("a link that nobody holds any more", () => {
  it.effect("is not looked at: its message was deleted, or it was edited away", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      const running = yield* story.run
      yield* story.posted("m", page)
      yield* story.posted("n", page)
      yield* story.scanned(page)
      yield* story.revoked("m")
      yield* story.wait(11)
      expect(story.again()).toEqual(["10m"])
      yield* story.edited("n", "never mind")
      yield* story.wait(25 * 60)
      expect(story.again()).toEqual(["10m"])
      expect(running.work.size()).toBe(0)
    })
  )

  it.effect("is looked at again once it is put back", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      yield* story.run
      yield* story.posted("m", page)
      yield* story.scanned(page)
      yield* story.edited("m", "never mind")
      yield* story.wait(30)
      yield* story.edited("m", page)
      yield* story.wait(1)
      expect(story.again()).toEqual(["10m"])
    })
  )

  it.effect("was never held where it is of the past, or the outside is not asked", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      const running = yield* story.run
      yield* story.posted("m", page, "imported")
      yield* story.scanned(page)
      yield* story.posted("n", "https://two.example.com/")
      yield* story.scanned("https://two.example.com/", {})
      yield* story.wait(25 * 60)
      expect(story.again()).toEqual([])
      expect(running.work.size()).toBe(0)
    })
  )

  it.effect("is released once its words are forgotten", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      const running = yield* story.run
      yield* story.posted("m", page)
      yield* story.scanned(page)
      yield* Effect.orDie(story.keyring.forget(chat))
      yield* story.wait(11)
      expect(story.again()).toEqual([])
      expect(story.asked).toEqual([])
      expect(story.named("scan.released")).toHaveLength(1)
      yield* story.until("nothing waits", () => running.work.size() === 0)
    })
  )
})

describe("a link that lists say something else of", () => {
  const onList = { source: "feed", kind: "url", detail: "one, since 2026-01-01" }

  it.effect(
    "gets a result at once, by what was known before and what lists say now, and nobody is asked",
    () =>
      Effect.gen(function* () {
        const story = yield* makeStory()
        yield* story.run
        yield* story.posted("m", page)
        const first = yield* story.scanned(page, {
          evidence: [{ source: "rdap", kind: "age-7" }],
          awaits: ["rdap"]
        })
        story.onLists.set(page, onList)
        yield* story.append(FeedMatched({ source: "one", at: 1, matches: [story.linkTo(page)] }))
        yield* story.until("there is a result", () => story.again().length === 1)
        const last = story.scans().at(-1)!
        expect(last.data).toMatchObject({ again: "listed", level: "malicious", revises: first })
        expect(last.data.evidence.map(({ source }) => source).toSorted()).toEqual(["feed", "rdap"])
        expect(story.asked).toEqual([])
        yield* story.wait(5)
        expect(story.again()).toEqual(["listed"])
      })
  )

  it.effect("gets it once, whenever the process is killed", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      let running = yield* story.run
      yield* story.posted("m", page)
      yield* story.scanned(page)
      story.onLists.set(page, onList)
      yield* running.kill
      yield* story.append(FeedMatched({ source: "one", at: 1, matches: [story.linkTo(page)] }))
      for (let life = 0; life < 3; life++) {
        running = yield* story.start(story.watch, { disk: running.disk })
        yield* story.wait(1)
        yield* running.kill
      }
      expect(story.again()).toEqual(["listed"])
    })
  )
})
