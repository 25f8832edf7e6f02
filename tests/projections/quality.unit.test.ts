import { describe, expect, it } from "vitest"
import { FeedFailed, FeedMatched, FeedRefreshed, FeedWithdrawn } from "../../contracts/feed.ts"
import { SourceChanged } from "../../contracts/source.ts"
import { given, startMillis } from "./given.ts"
import {
  decided,
  edited,
  link,
  notice,
  otherLink,
  posted,
  received,
  revised,
  scanned,
  sent
} from "./story.ts"

const onList = [{ source: "feed", kind: "url", weight: 30 }]
const own = [{ source: "structure", kind: "lure-name", weight: 10 }]
const unlisted = scanned({ level: "benign", evidence: own })
const listed = scanned({ level: "malicious", evidence: onList, again: "listed", revises: 2 })
const none = { count: 0, p50: null, p95: null }

describe("the grade of what was judged", () => {
  it("is nothing where no link was listed later", () => {
    expect(given(received(), unlisted).queries.quality()).toEqual({
      listedLater: 0,
      flaggedBefore: { suspicious: 0, malicious: 0 },
      recall: null,
      fromMessage: none,
      fromMessageListedLater: none,
      fromList: none
    })
  })

  it("counts a link that was listed later, by what it was held to be just before", () => {
    const missed = given(received(), unlisted, listed)
    expect(missed.queries.quality()).toMatchObject({ listedLater: 1, recall: 0 })
    const flagged = given(received(), unlisted, scanned({ level: "suspicious", evidence: own }), listed)
    expect(flagged.queries.quality()).toMatchObject({
      listedLater: 1,
      recall: 1,
      flaggedBefore: { suspicious: 1, malicious: 0 }
    })
  })

  it("passes over what was listed when it was looked at first, or only once was", () => {
    const known = scanned({ level: "malicious", evidence: onList, revises: 1 })
    expect(given(received(), unlisted, known, listed).queries.quality().listedLater).toBe(0)
    const remembered = [{ source: "feed", kind: "remembered", weight: 10 }]
    const once = scanned({ level: "benign", evidence: remembered, again: "1h" })
    expect(given(received(), unlisted, once).queries.quality().listedLater).toBe(0)
  })

  it("takes the time of warnings from their message, and from the list that had the link", () => {
    const told = given(
      received({ ...posted(link, "http://a.example/") }), // 1 s
      unlisted,
      FeedMatched({ source: "one", at: startMillis + 3_000, matches: [link] }),
      listed,
      revised({ from: "benign", to: "malicious", notice: { ...noticeOf(), kind: "text" } }),
      sent({ outbox: notice, at: startMillis + 5_500 })
    )
    const seconds = (p50: number) => ({ count: 1, p50, p95: p50 })
    expect(told.queries.quality()).toMatchObject({
      fromMessage: seconds(4.5),
      fromMessageListedLater: seconds(4.5),
      fromList: seconds(2.5)
    })
  })

  it("counts the first warning of a link in a message, and none of a message that came after the list", () => {
    const told = given(
      FeedMatched({ source: "one", at: startMillis, matches: [otherLink] }),
      received({ ...posted(otherLink, "http://b.example/") }),
      scanned({ link: otherLink, evidence: onList }),
      decided({ link: otherLink, notice: noticeOf() }),
      sent({ outbox: notice, at: startMillis + 4_000 }),
      edited()
    )
    expect(told.queries.quality()).toMatchObject({ fromMessage: { count: 1, p50: 2 }, fromList: none })
  })
})

const noticeOf = () => decided().data.notice!

describe("lists and services", () => {
  const refreshed = FeedRefreshed(FeedRefreshed.example as Parameters<typeof FeedRefreshed>[0])
  const { at, source } = refreshed.data

  it("are shown as they are now: fetched, failing, or wanted no more", () => {
    expect(given(refreshed).queries.origins()).toMatchObject([
      { name: source, kind: "list", state: "fetched", listed: 300, fetchedAt: at, reason: null }
    ])
    const failed = FeedFailed({ source, reason: "expected status 200, found 503", at: at + 1 })
    expect(given(refreshed, failed).queries.origins()).toMatchObject([
      {
        state: "failing",
        listed: 300,
        fetchedAt: at,
        since: at + 1,
        reason: "expected status 200, found 503"
      }
    ])
    expect(given(refreshed, failed, refreshed).queries.origins()).toMatchObject([
      { state: "fetched", reason: null }
    ])
    expect(given(refreshed, FeedWithdrawn({ source, at })).queries.origins()).toMatchObject([
      { state: "withdrawn" }
    ])
  })

  it("of one name are kept apart", () => {
    const changed = SourceChanged({
      source,
      state: "left-alone",
      at,
      reason: "it is out of order",
      until: at + 9
    })
    expect(given(refreshed, changed).queries.origins()).toMatchObject([
      { kind: "list", state: "fetched" },
      { kind: "service", state: "left-alone", until: at + 9 }
    ])
  })
})
