import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Follower, nobody, type Refreshed } from "../../../../actors/scan/feeds/feed-news.ts"
import { type Feeds, openFeeds } from "../../../../actors/scan/feeds/feeds.ts"
import { openWebsite, outsideAddress } from "../../../infra/guarded-client/outside.ts"

interface Reply {
  readonly status?: number
  readonly etag?: string
  readonly location?: string
  readonly body?: string
}

/** A server of lists, whose answer is whatever the test has put there, and a scanner's feeds of it. */
const openLists = Effect.fnUntraced(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-feeds-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
  )
  const replies = new Map<string, Reply>()
  const asked: Array<readonly [path: string, condition: string | undefined]> = []
  const web = yield* openWebsite((request, response) => {
    asked.push([request.url!, request.headers["if-none-match"]])
    const { body = "", etag, location, status = 200 } = replies.get(request.url!) ?? { status: 404 }
    const isKnown = etag !== undefined && request.headers["if-none-match"] === etag
    response.writeHead(isKnown ? 304 : status, {
      ...(etag === undefined ? {} : { etag }),
      ...(location === undefined ? {} : { location })
    })
    response.end(isKnown ? undefined : body)
  })
  const at = (path: string) => `http://${outsideAddress}:${web.port}${path}`
  const openWith = (follower: Follower) =>
    openFeeds(
      web.client,
      folder,
      [
        { name: "one", url: at("/one") },
        { name: "two", url: at("/two") }
      ],
      follower
    )
  return { folder, replies, asked, at, openWith, open: openWith(nobody) }
})

const bad = "http://bad.example.com/a"

describe("feeds", () => {
  it.live("are fetched, looked up, and not fetched again unless they changed", () =>
    Effect.gen(function* () {
      const { asked, open, replies } = yield* openLists()
      replies.set("/one", { etag: '"1"', body: `# list\n${bad}\n` }).set("/two", { body: "evil.example.org" })
      const feeds = yield* open
      expect(feeds.lookUp(bad)).toEqual([])
      expect(feeds.missing().map(({ source }) => source)).toEqual(["feed one", "feed two"])
      yield* feeds.refresh
      expect(feeds.missing()).toEqual([])
      expect(feeds.lookUp(bad)).toEqual([
        { source: "feed", kind: "url", detail: expect.stringMatching(/^one, since \d{4}-\d\d-\d\d$/) }
      ])
      expect(feeds.lookUp("https://www.evil.example.org/")).toMatchObject([{ kind: "domain" }])
      yield* feeds.refresh
      expect(feeds.lookUp(bad)).toHaveLength(1)
      expect(asked).toEqual([
        ["/one", undefined],
        ["/two", undefined],
        ["/one", '"1"'],
        ["/two", undefined]
      ])
    })
  )

  it.live("are remembered after they leave a list, and listed again when they come back", () =>
    Effect.gen(function* () {
      const { open, replies } = yield* openLists()
      replies.set("/one", { body: `${bad}\nhttp://other.example.com/` })
      const feeds = yield* open
      yield* feeds.refresh
      replies.set("/one", { body: "http://other.example.com/" })
      yield* feeds.refresh
      expect(feeds.lookUp(bad)).toMatchObject([{ kind: "remembered" }])
      expect(feeds.lookUp("http://other.example.com/")).toMatchObject([{ kind: "url" }])
      replies.set("/one", { body: bad })
      yield* feeds.refresh
      expect(feeds.lookUp(bad)).toMatchObject([{ kind: "url" }])
    })
  )

  it.live("stay as they were when a list fails, is empty, or is something else", () =>
    Effect.gen(function* () {
      const { at, open, replies } = yield* openLists()
      replies.set("/one", { body: bad }).set("/two", { status: 503 })
      const feeds = yield* open
      yield* feeds.refresh
      expect(feeds.missing()).toEqual([
        { source: "feed two", reason: "it could not be fetched (expected status 200, found 503)" }
      ])
      for (const reply of [
        { status: 500 },
        { body: "" },
        { body: "<html>moved</html>" },
        { status: 302, location: at("/one") },
        { status: 302, location: "http://127.0.0.1/" }
      ]) {
        replies.set("/one", reply)
        yield* feeds.refresh
        expect(feeds.lookUp(bad)).toMatchObject([{ kind: "url" }])
      }
    })
  )

  it.live("follow a list that moved", () =>
    Effect.gen(function* () {
      const { at, open, replies } = yield* openLists()
      replies.set("/one", { status: 302, location: at("/moved") }).set("/moved", { body: bad })
      const feeds = yield* open
      yield* feeds.refresh
      expect(feeds.lookUp(bad)).toHaveLength(1)
    })
  )

  it.live("are there at once after a restart, and begun anew where their file is damaged", () =>
    Effect.gen(function* () {
      const { asked, folder, open, replies } = yield* openLists()
      replies.set("/one", { etag: '"1"', body: bad }).set("/two", { body: "evil.example.org" })
      yield* (yield* open).refresh
      const again = yield* open
      expect(again.lookUp(bad)).toMatchObject([{ kind: "url" }])
      expect(again.missing()).toEqual([])
      yield* again.refresh
      expect(asked.at(-2)).toEqual(["/one", '"1"'])
      writeFileSync(join(folder, "one.feed"), "{ damaged\n123")
      const anew = yield* open
      expect(anew.lookUp(bad)).toEqual([])
      expect(anew.lookUp("http://evil.example.org/")).toHaveLength(1)
      yield* anew.refresh
      expect(anew.lookUp(bad)).toHaveLength(1)
    })
  )

  it.live("keep answering while a long list is read", () =>
    Effect.gen(function* () {
      const { open, replies } = yield* openLists()
      const lines = Array.from({ length: 30_000 }, (_, number) => `http://h${number}.example.com/${number}`)
      replies.set("/one", { body: bad })
      const feeds = yield* open
      yield* feeds.refresh
      replies.set("/one", { body: [bad, ...lines].join("\n") })
      let answered = 0
      const refreshing = yield* Effect.forkScoped(feeds.refresh)
      while (refreshing.pollUnsafe() === undefined) {
        expect(feeds.lookUp(bad)).toMatchObject([{ kind: "url" }])
        answered++
        yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      }
      expect(answered).toBeGreaterThan(10)
      expect(feeds.lookUp("https://h29999.example.com/29999")).toHaveLength(1)
    })
  )
})

describe("whoever follows feeds", () => {
  it.live("is told what is new on a list, how it differs, and that it is the same in another order", () =>
    Effect.gen(function* () {
      const told: Array<string> = []
      const news: Array<Refreshed> = []
      const follower: Follower = {
        reading: (source) => Promise.resolve(({ key, kind }) => void told.push(`${source}: ${kind} ${key}`)),
        refreshed: (one) => Effect.sync(() => void news.push(one)),
        failed: (source, reason) => Effect.sync(() => void told.push(`${source} failed: ${reason}`))
      }
      const { openWith, replies } = yield* openLists()
      const feeds = yield* openWith(follower)
      replies.set("/one", { body: `${bad}\nhttp://other.example.com/\n${bad}` })
      yield* feeds.refresh
      expect(told).toEqual([
        "one: url bad.example.com/a",
        "one: url other.example.com/",
        "two failed: expected status 200, found 404"
      ])
      expect(news).toMatchObject([
        { source: "one", from: outsideAddress, added: 2, gone: 0, before: undefined }
      ])
      told.length = 0
      replies.set("/one", { body: `http://other.example.com/\n${bad}` })
      yield* feeds.refresh
      expect(news.at(-1)).toMatchObject({
        added: 0,
        gone: 0,
        before: news[0]!.digest,
        digest: news[0]!.digest
      })
      replies.set("/one", { body: "evil.example.org" })
      yield* feeds.refresh
      expect(told.at(-2)).toBe("one: host evil.example.org")
      expect(news.at(-1)).toMatchObject({ added: 1, gone: 2, listed: 1 })
      // The next process has the list from its file.
      const again = yield* openWith(follower)
      yield* again.refresh
      expect(news.at(-1)).toMatchObject({ added: 0, gone: 0, before: news.at(-2)!.digest })
    })
  )

  it.live("is told of a list once it is looked up and written", () =>
    Effect.gen(function* () {
      const seen: Array<readonly [isLookedUp: boolean, isWritten: boolean]> = []
      const { folder, openWith, replies } = yield* openLists()
      replies.set("/one", { body: bad })
      const feeds: Feeds = yield* openWith({
        ...nobody,
        refreshed: () =>
          Effect.sync(() => {
            seen.push([feeds.lookUp(bad).length > 0, existsSync(join(folder, "one.feed"))])
          })
      })
      yield* feeds.refresh
      expect(seen).toEqual([[true, true]])
    })
  )

  it.live("is told of a list that could not be written, and of that", () =>
    Effect.gen(function* () {
      const told: Array<string> = []
      const tell = (what: string) => Effect.sync(() => void told.push(what))
      const { folder, openWith, replies } = yield* openLists()
      replies.set("/one", { body: bad })
      const feeds: Feeds = yield* openWith({
        ...nobody,
        refreshed: ({ source }) => tell(`${source} is new`),
        failed: (source) => tell(`${source} failed`)
      })
      // What is no file cannot be replaced by one.
      mkdirSync(join(folder, "one.feed", "kept"), { recursive: true })
      yield* feeds.refresh
      expect(told.filter((it) => it.startsWith("one"))).toEqual(["one is new", "one failed"])
    })
  )
})
