import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { readLine } from "../../../../actors/scan/feeds/feed-line.ts"
import { lookUpIn } from "../../../../actors/scan/feeds/feed-lookup.ts"
import { dateOf, dayOf, FeedTable, type Listed, markOf } from "../../../../actors/scan/feeds/feed-table.ts"

const listing = fc.record({
  key: fc.constantFrom("a", "b", "c", "d.example.com", "e"),
  feed: fc.integer({ min: 0, max: 30 }),
  firstDay: fc.integer({ min: 0, max: 8_191 }),
  lastDay: fc.integer({ min: 0, max: 8_191 }),
  isThere: fc.boolean()
})

describe("a table of listings", () => {
  it("holds of each feed what it said last of each thing", () => {
    fc.assert(
      fc.property(fc.array(listing), (listings) => {
        const table = new FeedTable()
        const expected = new Map<string, Listed>()
        for (const { key, ...listed } of listings) {
          table.put(markOf("url", key), listed)
          expected.set(`${key}/${listed.feed}`, listed)
        }
        expect(table.size).toBe(expected.size)
        for (const [name, listed] of expected) {
          const [key = "", feed] = name.split("/")
          const found = table.find(markOf("url", key)).filter((it) => it.feed === Number(feed))
          expect(found).toEqual([listed])
          expect(table.find(markOf("host", key))).toEqual([])
        }
      })
    )
  })

  it("grows, and shows every listing once to whoever walks it", () => {
    const table = new FeedTable()
    const count = 20_000
    const listed = { feed: 3, firstDay: 1, lastDay: 2, isThere: true }
    for (let number = 0; number < count; number++) table.put(markOf("url", `example.com/${number}`), listed)
    const marks = new Set<string>()
    for (let at = 0; at !== -1;)
      at = table.walk(at, 1_000, ({ high, low }) => void marks.add(`${high}/${low}`))
    expect([table.size, marks.size]).toEqual([count, count])
  })

  it("knows days from 2020 to 2042", () => {
    const time = Date.parse("2026-11-21T12:00:00Z")
    expect(dateOf(dayOf(time))).toBe("2026-11-21")
    expect(dayOf(0)).toBe(0)
  })
})

describe("a line of a list", () => {
  it.each([
    ["http://Bad.example.com/a?utm_source=x#top", "url", "bad.example.com/a"],
    ["https://bad.example.com", "url", "bad.example.com/"],
    ["bad.example.com", "host", "bad.example.com"],
    ["BÜCHER.example.com", "host", "xn--bcher-kva.example.com"],
    ["203.0.113.7", "host", "203.0.113.7"],
    ["0.0.0.0 bad.example.com # why", "host", "bad.example.com"],
    ["127.0.0.1\tbad.example.com", "host", "bad.example.com"],
    ["||bad.example.com^", "host", "bad.example.com"],
    ["||bad.example.com^$third-party", "host", "bad.example.com"],
    [`"1","2026-01-01","http://bad.example.com/x,y","online"`, "url", "bad.example.com/x,y"],
    ["8721,http://bad.example.com/,http://www.phishtank.com/1", "url", "bad.example.com/"]
  ])("%s lists a %s: %s", (line, kind, key) => {
    expect(readLine(line)).toEqual({ kind, key })
  })

  it.each([
    "",
    "# comment",
    "! comment",
    "[Adblock Plus 2.0]",
    "id,dateadded,url",
    "com",
    "co.uk",
    "github.io",
    "ftp://a.example.com/",
    "http://",
    "not a host",
    "0.0.0.0 localhost",
    "a.b.notaregistry",
    "x".repeat(10_000)
  ])("%s lists nothing", (line) => {
    expect(readLine(line)).toBeUndefined()
  })

  it("never breaks anything", () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        expect(["url", "host", undefined]).toContain(readLine(line)?.kind)
      })
    )
  })
})

describe("a link", () => {
  const table = new FeedTable()
  const put = (kind: "url" | "host", key: string, changes: Partial<Listed> = {}) =>
    table.put(markOf(kind, key), { feed: 0, firstDay: 2_000, lastDay: 2_100, isThere: true, ...changes })
  put("url", "bad.example.com/a")
  put("host", "evil.example.org")
  put("host", "old.example.net", { isThere: false })
  put("host", "someone.github.io", { feed: 1 })
  const kinds = (url: string) => lookUpIn(table, ["one", "two"], url).map(({ kind }) => kind)

  it.each([
    ["https://bad.example.com/a", ["url"]],
    ["http://bad.example.com/b", []],
    ["https://evil.example.org/x", ["host"]],
    ["https://deep.below.evil.example.org/", ["domain"]],
    ["https://example.org/", []],
    ["https://old.example.net/", ["remembered"]],
    ["https://someone.github.io/", ["host"]],
    ["https://another.github.io/", []]
  ])("%s is found as %j", (url, found) => {
    expect(kinds(url)).toEqual(found)
  })

  it("is shown with the list that says so, and since when", () => {
    expect(lookUpIn(table, ["one", "two"], "https://someone.github.io/")).toEqual([
      { source: "feed", kind: "host", detail: `two, since ${dateOf(2_000)}` }
    ])
  })
})
