import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { ErasureCompleted } from "../../../../contracts/account.ts"
import { ChatId } from "../../../../contracts/ids.ts"
import type { Refreshed } from "../../../../actors/scan/feeds/feed-news.ts"
import { makeRelay } from "../../../../actors/scan/watch/relay.ts"
import { chat, listed, makeStory, minute, page } from "./story.ts"

const onList = { source: "feed", kind: "url", detail: "one, since 2026-01-01" }

const news = (change: Partial<Refreshed> = {}): Refreshed => ({
  source: "one",
  from: "lists.example",
  at: 5,
  listed: 2,
  added: 1,
  gone: 0,
  before: undefined,
  digest: "a",
  ...change
})

/** A watch that follows what a test tells it. */
const makeFollowing = Effect.fnUntraced(function* (wanted?: ReadonlySet<string>) {
  const relay = makeRelay(wanted)
  const story = yield* makeStory(relay)
  const running = yield* story.run
  yield* relay.attached
  /** Tells, and waits until it is said. */
  const told = (effect: Effect.Effect<void>) =>
    Effect.gen(function* () {
      let isDone = false
      yield* Effect.forkChild(
        Effect.andThen(
          effect,
          Effect.sync(() => void (isDone = true))
        )
      )
      yield* story.until("it is told", () => isDone)
    })
  const reading = (...keys: ReadonlyArray<string>) =>
    Effect.promise(async () => {
      const tell = await relay.follower.reading("one")
      for (const key of keys) tell({ kind: "url", key })
    })
  return { ...story, relay, running, told, reading }
})

describe("a list", () => {
  it.effect("is recorded where it is another one, and not where it is as it was", () =>
    Effect.gen(function* () {
      const it = yield* makeFollowing()
      yield* it.told(it.relay.follower.refreshed(news()))
      yield* it.told(it.relay.follower.refreshed(news({ added: 0, before: "a", at: 6 })))
      expect(it.named("feed.refreshed")).toHaveLength(1)
      yield* it.told(it.relay.follower.refreshed(news({ before: "a", digest: "b", at: 7 })))
      expect(it.named("feed.refreshed").map(({ data }) => data.digest)).toEqual(["a", "b"])
      expect(it.named("feed.refreshed")[0]!.data).toEqual({
        source: "one",
        from: "lists.example",
        listed: 2,
        added: 1,
        gone: 0,
        digest: "a",
        at: 5
      })
    })
  )

  it.effect("that fails is recorded once for each reason, and again when it is there again", () =>
    Effect.gen(function* () {
      const it = yield* makeFollowing()
      yield* it.told(it.relay.follower.refreshed(news()))
      for (const at of [6, 7])
        yield* it.told(it.relay.follower.failed("one", "expected status 200, found 503", at))
      yield* it.told(it.relay.follower.failed("one", "timeout: it did not answer", 8))
      expect(it.named("feed.failed")).toHaveLength(2)
      yield* it.told(it.relay.follower.refreshed(news({ added: 0, before: "a", at: 9 })))
      expect(it.named("feed.refreshed")).toHaveLength(2)
    })
  )

  it.effect("with a link that is watched says so, and of no other link", () =>
    Effect.gen(function* () {
      const it = yield* makeFollowing()
      yield* it.posted("m", `${page} https://two.example.com/`)
      for (const url of [page, "https://two.example.com/"]) yield* it.scanned(url)
      yield* it.until("both are watched", () => it.running.folded() >= 3)
      yield* it.reading("one.example.com/page", "unrelated.example.net/")
      it.onLists.set(page, onList)
      yield* it.told(it.relay.follower.refreshed(news()))
      expect(it.named("feed.matched").map(({ data }) => data.matches)).toEqual([[it.linkTo(page)]])
      yield* it.until("it is looked at", () => it.again().length === 1)
      expect(it.scans().at(-1)!.data).toMatchObject({ again: "listed", level: "malicious" })
    })
  )

  it.effect("with the place that a watched link leads to says so", () =>
    Effect.gen(function* () {
      const it = yield* makeFollowing()
      const sequence = yield* it.posted("m", "https://short.example/x")
      yield* it.scanned("https://short.example/x", { leadsTo: page })
      yield* it.until("it is watched", () => it.running.folded() > sequence)
      yield* it.wait(120)
      yield* it.reading("one.example.com/page")
      it.onLists.set(page, onList)
      yield* it.told(it.relay.follower.refreshed(news()))
      yield* it.until("it is looked at", () => it.again().includes("listed"))
      const last = it.scans().at(-1)!.data
      expect(last).toMatchObject({ link: it.linkTo("https://short.example/x"), level: "malicious" })
      expect(last.end).toEqual(it.scans()[0]!.data.end)
    })
  )

  it.effect("is looked through for a link that was posted while it was read", () =>
    Effect.gen(function* () {
      const it = yield* makeFollowing()
      yield* it.reading("one.example.com/page")
      const sequence = yield* it.posted("m", page)
      yield* it.scanned(page)
      yield* it.until("it is watched", () => it.running.folded() > sequence)
      it.onLists.set(page, onList)
      yield* it.told(it.relay.follower.refreshed(news()))
      expect(it.named("feed.matched")).toHaveLength(1)
    })
  )

  it.effect("of which the log was told another one is looked through for every link", () =>
    Effect.gen(function* () {
      const it = yield* makeFollowing()
      const sequence = yield* it.posted("m", page)
      yield* it.scanned(page)
      yield* it.until("it is watched", () => it.running.folded() > sequence)
      yield* it.wait(120)
      it.onLists.set(page, onList)
      // Nothing that is new on it names the link: it was there when another process fetched it.
      yield* it.reading("unrelated.example.net/")
      yield* it.told(it.relay.follower.refreshed(news({ before: "elsewhere" })))
      expect(it.named("feed.matched")).toHaveLength(1)
    })
  )

  it.effect("of which the log was told already is looked through where links were looked at by another", () =>
    Effect.gen(function* () {
      const it = yield* makeFollowing()
      yield* it.told(it.relay.follower.refreshed(news()))
      const sequence = yield* it.posted("m", page)
      yield* it.scanned(page)
      yield* it.until("it is watched", () => it.running.folded() > sequence)
      it.onLists.set(page, onList)
      yield* it.told(it.relay.follower.refreshed(news({ before: "a", at: 6 })))
      expect(it.named("feed.matched")).toEqual([])
      // It was told of by a process that died before its disk had it, or by another one.
      yield* it.told(it.relay.follower.refreshed(news({ before: "older", at: 7 })))
      expect(it.named("feed.matched")).toHaveLength(1)
      expect(it.named("feed.refreshed")).toHaveLength(1)
    })
  )

  it.effect("is looked through for links whose ids nobody can make since somebody was forgotten", () =>
    Effect.gen(function* () {
      const it = yield* makeFollowing()
      yield* it.posted("m", page)
      const link = it.linkTo(page)
      yield* it.scanned(page)
      const other = ChatId.make("cchat0002")
      yield* Effect.orDie(it.keyring.forget(other))
      const sequence = yield* it.append(
        ErasureCompleted({ subject: other, keysDestroyed: 0, mappingsDestroyed: 0 })
      )
      expect(it.linkTo(page)).not.toBe(link)
      yield* it.until("it is folded", () => it.running.folded() >= sequence)
      yield* it.reading("one.example.com/page")
      it.onLists.set(page, onList)
      yield* it.told(it.relay.follower.refreshed(news()))
      expect(it.named("feed.matched").map(({ data }) => data.matches)).toEqual([[link]])
    })
  )

  it.effect("does not have a link looked at whose words are forgotten", () =>
    Effect.gen(function* () {
      const it = yield* makeFollowing()
      const sequence = yield* it.posted("m", page)
      yield* it.scanned(page)
      yield* it.until("it is watched", () => it.running.folded() > sequence)
      yield* it.reading("one.example.com/page")
      it.onLists.set(page, onList)
      yield* Effect.orDie(it.keyring.forget(chat))
      yield* it.told(it.relay.follower.refreshed(news()))
      expect(it.named("feed.matched")).toEqual([])
    })
  )

  it.effect("that is wanted no more is withdrawn once", () =>
    Effect.gen(function* () {
      const first = yield* makeFollowing()
      yield* first.told(first.relay.follower.refreshed(news()))
      yield* first.running.kill
      for (let life = 0; life < 2; life++) {
        const relay = makeRelay(new Set())
        const running = yield* first.start(first.watchWith(relay), { disk: first.running.disk })
        let isAttached = false
        yield* Effect.forkChild(
          Effect.andThen(
            relay.attached,
            Effect.sync(() => void (isAttached = true))
          )
        )
        yield* first.until("it follows", () => isAttached)
        yield* running.kill
      }
      expect(first.named("feed.withdrawn").map(({ data }) => data.source)).toEqual(["one"])
    })
  )
})

describe("a service", () => {
  it.effect("is recorded where it becomes another, and a quota where it is away for long", () =>
    Effect.gen(function* () {
      const it = yield* makeFollowing()
      const tell = Effect.fnUntraced(function* (
        state: "answering" | "left-alone" | "quota-used-up",
        at: number,
        until?: number
      ) {
        it.relay.tell({ source: "virustotal", state, at, ...(until === undefined ? {} : { until }) })
        yield* it.wait(1 / 60)
      })
      yield* tell("answering", 1)
      yield* tell("answering", 2)
      yield* tell("quota-used-up", 3, 3 + minute)
      yield* tell("answering", 4)
      yield* tell("left-alone", 5, 5 + minute)
      yield* tell("left-alone", 6, 6 + 2 * minute)
      yield* tell("quota-used-up", 7, 7 + 60 * minute)
      yield* tell("answering", 8)
      expect(it.named("source.changed").map(({ data }) => `${data.state} at ${data.at}`)).toEqual([
        "answering at 1",
        "left-alone at 5",
        "quota-used-up at 7",
        "answering at 8"
      ])
    })
  )
})

describe("a process that asks nobody", () => {
  it.effect("looks at nothing, and leaves it to the next one", () =>
    Effect.gen(function* () {
      const story = yield* makeStory(undefined, true)
      const blind = yield* story.run
      yield* story.posted("m", page)
      yield* story.scanned(page, { evidence: [listed], awaits: ["safe-browsing"] })
      yield* story.wait(26 * 60)
      expect(story.again()).toEqual([])
      yield* blind.kill
      yield* story.start(story.watchWith(makeRelay()), { disk: blind.disk })
      yield* story.wait(1)
      expect(story.again()).toEqual(["24h"])
    })
  )
})
