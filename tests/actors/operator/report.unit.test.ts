import { describe, expect, it } from "vitest"
import { importJson, importLines, type Import, judged } from "../../../actors/operator/ingest/report.ts"
import { linksInExport } from "../../../actors/operator/ingest/export-links.ts"
import { evidenceWords } from "../../../actors/operator/evidence-words.ts"
import { percent, reasonText, signed } from "../../../actors/operator/words.ts"
import { classic } from "../../../actors/scan/rules/classic.ts"
import { wadjet } from "../../../actors/scan/rules/wadjet.ts"
import { parseChatExport } from "../../../actors/whatsapp/chat-export/parse.ts"
import { ChatId, LinkId, MessageKey, PersonId } from "../../../contracts/ids.ts"
import type { Level } from "../../../contracts/level.ts"
import type { VerdictRow } from "../../../projections/verdict-queries.ts"

const text = [
  "this line is no message",
  "13/03/2024, 21:05 - Ada: look http://192.0.2.7/login.exe",
  "13/03/2024, 21:06 - Tía Rosa: https://example.com/news and http://192.0.2.7/login.exe",
  "13/03/2024, 21:07 - Ada: https://paypa1.example/"
].join("\n")
const parsed = parseChatExport(text)
const links = linksInExport(parsed.messages)

const row = (url: string, level: Level, status: VerdictRow["status"] = "suppressed"): VerdictRow => ({
  cursor: 1,
  sequence: 1,
  present: true,
  chat: ChatId.make("c0example0"),
  chatName: null,
  message: MessageKey.make("0".repeat(40)),
  // As it was called in the log when the message was imported, perhaps long ago.
  link: LinkId.make("1".repeat(40)),
  sender: PersonId.make("p0example0"),
  status,
  level,
  action: "none",
  reason: null,
  notice: null,
  noticeStatus: null,
  scan: 1,
  policy: 0,
  override: null,
  ruleSet: "wadjet-1",
  score: 17,
  probability: 0.98,
  firstAt: 0,
  lastAt: 0,
  url,
  reasons: [{ source: "structure", kind: "ip-literal", weight: 16, detail: "192.0.2.7" }],
  missing: []
})

const bad = "http://192.0.2.7/login.exe"
const found: Import = {
  file: "chat.txt",
  chat: "c0example0",
  chatName: "Family",
  zone: "UTC",
  parsed,
  messages: { total: 3, taken: 3, known: 0 },
  links: judged(links, [row(bad, "benign"), row(bad, "malicious"), row("https://example.com/news", "benign")])
}

describe("the report of an import", () => {
  const lines = importLines(found, false, false)
  const report = lines.join("\n")

  it("says what was taken, what was found and where, the worst first, and never a link that can be clicked", () => {
    expect(report).toContain("3 messages taken.")
    expect(report).toContain("3 different links: 1 malicious, 0 suspicious, 1 benign.")
    expect(report).toContain("⛔ malicious: 1 link")
    expect(report).toContain("hxxp://192[.]0[.]2[.]7/login[.]exe")
    expect(report).toContain("192[.]0[.]2[.]7: a bare number instead of a name (98.0 %)")
    expect(report).toContain("2 messages, the first in line 2, 2024-03-13 21:05:00, Ada")
    expect(report).not.toMatch(/https?:\/\//)
  })

  it("obeys nothing that the names and lines of an export tell a terminal", () => {
    const hostile = parseChatExport(
      [
        "\x1b[2Jnot a message\u202E",
        "13/03/2024, 21:05 - \x1b]0;Ada\x07\u202E\u2067: look http://192.0.2.7/login.exe"
      ].join("\n")
    )
    const told = importLines(
      {
        ...found,
        file: "a\x1bb.txt",
        chatName: "Fam\x9bily\u2066",
        parsed: hostile,
        links: judged(linksInExport(hostile.messages), [])
      },
      true,
      false
    ).join("\n")
    expect(told).toContain("Ada")
    expect(told.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u)
  })

  it("lists lines that are no part of a message, with their numbers", () => {
    expect(report).toContain(
      "1 line before the first message is no part of any:\n  line 1: this line is no message"
    )
    expect(importJson(found).unparsed).toEqual([{ line: 1, text: "this line is no message" }])
  })

  it("counts links held to be benign, and lists them where all are wanted", () => {
    expect(report).not.toContain("hxxps://example[.]com/news")
    expect(report).toContain("--all")
    expect(importLines(found, true, false).join("\n")).toContain("hxxps://example[.]com/news")
  })

  it("leaves no link out: one without a verdict is said to have none", () => {
    expect(report).toContain("❔ without a verdict: 1 link")
    expect(importJson(found)).toMatchObject({ counts: { links: 3, malicious: 1, benign: 1, unjudged: 1 } })
    expect(importJson(found).links).toHaveLength(3)
  })

  it("says that nothing is new when all was known", () => {
    const again = { ...found, messages: { total: 3, taken: 0, known: 3 } }
    expect(importLines(again, false, false).join("\n")).toContain(
      "Nothing new: all 3 messages were in the log already."
    )
  })
})

describe("words", () => {
  it("has words for every kind of evidence that a rule set weighs", () => {
    const names = [wadjet, classic].flatMap(({ decisions, weights }) => [
      ...Object.keys(weights),
      ...Object.keys(decisions)
    ])
    expect(names.filter((name) => evidenceWords[name] === undefined)).toEqual([])
  })

  it("defangs what it shows", () => {
    expect(
      reasonText({ source: "look-alike", kind: "high", weight: 22, detail: "paypal.com: reads as paypal" })
    ).not.toContain("paypal.com")
  })

  it("shows weights with their sign, and does not round a probability to certainty", () => {
    expect([signed(16), signed(-4.25)]).toEqual(["+16", "−4.3"])
    expect([0.5, 0.98, 0.03, 0.99999, 0.0000001].map(percent)).toEqual([
      "50 %",
      "98.0 %",
      "3.0 %",
      "> 99.9 %",
      "< 0.1 %"
    ])
  })
})
