import { describe, expect, it } from "vitest"
import { parseNamed } from "../../../actors/operator/explain-link.ts"
import { explanationLines } from "../../../actors/operator/explain-words.ts"
import { weighingOf } from "../../../actors/operator/weighing.ts"
import { wadjet } from "../../../actors/scan/rules/wadjet.ts"
import type { Explanation } from "../../../contracts/http/links.ts"
import { ChatId, HostId, LinkId, MessageKey, OutboxId, OverrideId } from "../../../contracts/ids.ts"

const link = LinkId.make("a9993e364706816aba3e25717850c26c9cd0d89d")
const chat = ChatId.make("c0example0")
const at = Date.UTC(2026, 0, 1)
const reasons = [
  { source: "look-alike", kind: "high", weight: 22, detail: "reads as paypal.com" },
  { source: "structure", kind: "credential-name", weight: 12, detail: null }
]
const scan: Explanation["scans"][number] = {
  sequence: 4,
  link,
  chat,
  level: "malicious",
  score: 13,
  probability: 0.95,
  ruleSet: wadjet.version,
  validUntil: at + 60_000,
  at,
  url: "http://paypa1-login.com/",
  reasons,
  missing: [{ source: "urlhaus", reason: "no answer" }],
  range: { least: 13, most: 43 },
  again: null,
  revises: 3,
  hops: [
    { url: "http://paypa1-login.com/", by: "asked", status: 302 },
    { url: "https://evil.example/\u001b[2J", by: "location" }
  ],
  weighing: {
    unit: "decibans",
    prior: -15,
    suspiciousFrom: 0,
    maliciousFrom: 10,
    families: [{ family: "imitation", sum: 34, counted: 28, least: 0, most: 28 }]
  }
}
const judgement: Explanation["judgements"][number] = {
  sequence: 5,
  at,
  chat,
  chatName: "Family\u202E",
  message: MessageKey.make("0123456789abcdef0123456789abcdef01234567"),
  judged: "revised",
  level: "malicious",
  was: "benign",
  action: "reply",
  reason: null,
  scan: 4,
  policy: 0,
  override: null,
  ruleSet: wadjet.version,
  notice: {
    outbox: OutboxId.make("da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    kind: "text",
    status: "sent",
    lastAt: at + 1_000,
    text: "Do not open it"
  }
}
const override: Explanation["overrides"][number] = {
  cursor: 9,
  override: OverrideId.make("01941f29-7c00-7000-8000-000000000001"),
  chat: null,
  match: "domain",
  token: HostId.make("84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
  effect: "allow",
  expiresAt: at + 3_600_000,
  status: "active",
  setBy: "operator",
  setAt: at,
  endedBy: null,
  endedAt: null,
  pattern: "example.com",
  reason: "our own"
}
const whole: Explanation = {
  link,
  url: "http://paypa1-login.com/",
  scans: [scan],
  judgements: [judgement],
  quiet: 2,
  waiting: 1,
  overrides: [override]
}

describe("the explanation of a link", () => {
  const text = explanationLines(whole, false).join("\n")

  it("shows each result with its evidence, how it adds up under its caps, and what is not known", () => {
    expect(text).toContain("Result 1 of 1  #4  2026-01-01 00:00:00  second look, in the place of #3")
    expect(text).toContain("+22 dB  look-alike.high")
    expect(text).toContain("prior −15; imitation +34, of which +28 counts (its cap is +28)")
    expect(text).toContain("Missing evidence: urlhaus (no answer).")
    expect(text).toContain("could be from +13 to +43 dB")
  })

  it("says which look at the link each result is of", () => {
    const scans = [
      { ...scan, revises: null },
      { ...scan, again: "1h" as const },
      { ...scan, again: "listed" as const, revises: null }
    ]
    const looks = explanationLines({ ...whole, scans }, false).filter((line) => line.startsWith("Result"))
    expect(looks.map((line) => line.split("00:00:00  ")[1])).toEqual([
      "first look",
      "looked at again after an hour, in the place of #3",
      "looked at again because of what lists say"
    ])
  })

  it("shows where the link led, which overrides are about it, and what each chat was told and when", () => {
    expect(text).toContain("302  hxxp://paypa1-login[.]com/")
    expect(text).toContain(
      "allow domain example[.]com everywhere, since 2026-01-01 00:00:00, until 2026-01-01 01:00:00"
    )
    expect(text).toContain("Family (c0example0), message 01234567")
    expect(text).toContain("revised benign → malicious: reply; sent 2026-01-01 00:00:01; rests on scan #4")
    expect(text).toContain("| Do not open it")
    expect(text).toContain("About 2 messages with it nothing needs saying.")
    expect(text).toContain("1 message with it has no verdict yet.")
  })

  it("prints nothing that can be clicked, or that a terminal would obey", () => {
    expect(text).not.toMatch(/https?:\/\//)
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202A-\u202E]/u)
  })

  it("says so where the rules of a result are not known any more, and where its words are forgotten", () => {
    const old = {
      ...whole,
      url: null,
      scans: [
        { ...scan, ruleSet: "wadjet-0", weighing: weighingOf({ ruleSet: "wadjet-0", reasons }), hops: null }
      ],
      overrides: [{ ...override, pattern: null, reason: null }],
      judgements: []
    }
    const lines = explanationLines(old, false).join("\n")
    expect(lines).toContain("(forgotten)")
    expect(lines).toContain("does not have the rules wadjet-0")
    expect(lines).toContain("No chat was told anything of it.")
  })
})

describe("how a score came about", () => {
  it("is told by the rule set that the result was reached with", () => {
    const { prior, unit } = wadjet
    expect(weighingOf({ ruleSet: wadjet.version, reasons })).toMatchObject({ unit, prior })
    expect(weighingOf({ ruleSet: "wadjet", reasons })).toBeNull()
  })
})

describe("what is to be explained", () => {
  it.each([
    ["#42", { by: "event", sequence: 42 }],
    ["1e019b9e", { by: "hash", digits: "1e019b9e" }],
    ["Example.com/a", { by: "url", url: "http://example.com/a" }],
    ["example.com:8080", { by: "url", url: "http://example.com:8080/" }],
    ["https://l.facebook.com/l.php?u=http%3A%2F%2Fexample.com", { by: "url", url: "http://example.com/" }],
    ["http://", undefined]
  ])("%j is read as %j", (text, named) => {
    expect(parseNamed(text)).toEqual(named)
  })
})
