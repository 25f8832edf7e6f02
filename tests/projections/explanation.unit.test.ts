import { describe, expect, it } from "vitest"
import { HostId, OverrideId } from "../../contracts/ids.ts"
import { OverrideExpired, OverrideRemoved, OverrideSet } from "../../contracts/policy.ts"
import { linkFinder } from "../../projections/find-link.ts"
import { overrideNames } from "../../projections/override-match.ts"
import { given, startMillis } from "./given.ts"
import {
  chat,
  decided,
  link,
  message,
  notice,
  otherChat,
  otherLink,
  otherMessage,
  received,
  revised,
  scanned,
  sent,
  suppressed,
  withdrawn
} from "./story.ts"

const now = startMillis + 3_600_000
const id = (digit: number) => OverrideId.make(`01941f29-7c00-7000-8000-00000000000${digit}`)
const override = (digit: number, pattern: string, more: Partial<Parameters<typeof OverrideSet>[0]> = {}) =>
  OverrideSet({
    override: id(digit),
    match: "domain",
    token: HostId.make("84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    effect: "allow",
    by: "operator",
    words: { pattern },
    ...more
  })
const range = { least: 10, most: 40 }

describe("the explanation of a link", () => {
  it("has its results and the decisions about it in the order of the log, with what became of each notice", () => {
    const hops = [{ url: "http://paypa1.example/", by: "asked" as const, status: 200 }]
    const { queries } = given(
      received(),
      scanned({ range }),
      decided(),
      sent(),
      scanned({ level: "benign", revises: 2, found: { url: "http://paypa1.example/", details: [], hops } }),
      revised(),
      withdrawn()
    )
    const found = queries.explanation(link, now)!
    expect(found).toMatchObject({ link, url: "http://paypa1.example/", waiting: 0 })
    expect(found.scans).toMatchObject([
      { sequence: 2, range, revises: null, hops: null },
      { sequence: 5, range: null, revises: 2, hops }
    ])
    expect(found.judgements).toMatchObject([
      {
        sequence: 3,
        judged: "decided",
        level: "malicious",
        was: null,
        chat,
        message,
        notice: { outbox: notice, status: "sent", text: "Do not open paypa1[.]example" }
      },
      { sequence: 6, judged: "revised", level: "benign", was: "malicious", notice: { status: "queued" } },
      { sequence: 7, judged: "withdrawn", reason: "message-revoked", scan: null }
    ])
  })

  it("keeps apart what was decided in each message, and counts those that wait", () => {
    const { queries } = given(
      received(),
      received({ message: otherMessage, chat: otherChat }),
      scanned(),
      suppressed({ reason: "muted" })
    )
    const found = queries.explanation(link, now)!
    expect(found.waiting).toBe(1)
    expect(found.judgements).toMatchObject([{ judged: "suppressed", reason: "muted", notice: null }])
  })

  it("counts the messages about which nothing needs saying, and knows why where somebody said so", () => {
    const quietly = { level: "benign", action: "none" } as const
    const basis = { scan: 2, policy: 0 }
    const { queries } = given(
      received(),
      scanned({ level: "benign" }),
      decided({ ...quietly, basis }),
      received({ message: otherMessage }),
      decided({ ...quietly, message: otherMessage, basis: { ...basis, override: id(1) } })
    )
    const found = queries.explanation(link, now)!
    expect(found).toMatchObject({ quiet: 2, waiting: 0 })
    expect(found.judgements).toMatchObject([{ message: otherMessage, override: id(1) }])
  })

  it("is there for a link without a result, and not for one that nobody posted", () => {
    const { queries } = given(received())
    expect(queries.explanation(link, now)).toMatchObject({ scans: [], waiting: 1, url: null })
    expect(queries.explanation(otherLink, now)).toBeUndefined()
  })

  it("has the overrides that are in force for it, and those that once decided about it", () => {
    const { queries } = given(
      received(),
      scanned({ found: { url: "http://www.shop.example/a", details: [] } }),
      override(1, "shop.example"),
      override(2, "other.example"),
      override(3, "shop.example", { chat: otherChat }),
      override(4, "shop.example", { expiresAt: now }),
      override(5, "shop.example", { chat }),
      override(6, "shop.example"),
      decided({ level: "benign", basis: { scan: 2, policy: 8, override: id(6) } }),
      OverrideRemoved({ override: id(6), by: "operator" }),
      override(7, "shop.example"),
      OverrideExpired({ override: id(7), chat })
    )
    const found = queries.explanation(link, now)!.overrides
    expect(found.map((it) => [it.override, it.status])).toEqual([
      [id(6), "removed"],
      [id(5), "active"],
      [id(1), "active"]
    ])
  })
})

describe("an override's pattern", () => {
  it.each([
    ["url", "HTTP://Shop.example/a", "http://shop.example/a", true],
    ["url", "http://shop.example/", "http://shop.example/a", false],
    ["url", "https://l.facebook.com/l.php?u=http%3A%2F%2Fshop.example%2Fa", "http://shop.example/a", true],
    ["host", "shop.example", "https://shop.example:8443/x", true],
    ["host", "shop.example", "https://www.shop.example/", false],
    ["domain", "shop.example", "https://a.www.shop.example/", true],
    ["domain", "shop.example", "https://myshop.example/", false],
    ["domain", "co.uk", "https://shop.co.uk/", false],
    ["domain", "192.0.2.7", "http://192.0.2.7/", true],
    ["domain", "not a host", "http://a.example/", false]
  ] as const)("of a %s, %s, is about %s: %j", (match, pattern, url, is) => {
    expect(overrideNames(match, pattern, url)).toBe(is)
  })
})

describe("a link", () => {
  const { db } = given(received(), scanned(), decided(), scanned({ link: otherLink }))
  const find = linkFinder(db)

  it.each([
    ["its own id", link.slice(0, 8)],
    ["a message that it is in", message.slice(0, 6)],
    ["a notice about it", notice]
  ])("is found by the digits of %s", (_, digits) => {
    expect(find.byHash(digits)).toEqual([link])
  })

  it.each([
    [1, link],
    [2, link],
    [3, link],
    [4, otherLink]
  ])("is found by event %i", (sequence, found) => {
    expect(find.byEvent(sequence)).toEqual([found])
  })

  it("is not found by what stands for nothing", () => {
    expect([find.byHash("00000000"), find.byEvent(99)]).toEqual([[], []])
  })
})
