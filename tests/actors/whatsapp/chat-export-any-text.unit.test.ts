import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseChatExport, type ParsedExport } from "../../../actors/whatsapp/chat-export/parse.ts"
import {
  type ExportLook,
  type ExportLookName,
  exportLooks,
  makeExport,
  renderExport,
  type SyntheticMessage
} from "./fixtures/make-export.ts"

const lookNames = Object.keys(exportLooks) as ReadonlyArray<ExportLookName>

describe("what is no message", () => {
  it("before the first header is listed", () => {
    const { messages, unparsed } = parseChatExport(
      "\ufeffhello\r\n\r\n12/05 party\r\n01/03/2024, 21:05 - A: x"
    )
    expect(unparsed).toEqual([
      { line: 1, text: "\ufeffhello" },
      { line: 2, text: "" },
      { line: 3, text: "12/05 party" }
    ])
    expect(messages[0]?.line).toBe(4)
  })

  it("is everything when the text is no export", () => {
    expect(parseChatExport("just\nwords\n")).toEqual({
      messages: [],
      unparsed: [
        { line: 1, text: "just" },
        { line: 2, text: "words" }
      ]
    })
    expect(parseChatExport("")).toEqual({ messages: [], unparsed: [] })
  })
})

/** The lines that are not in exactly one message or in `unparsed`, in order; there should be none. */
const misplacedLines = (text: string, { messages, unparsed }: ParsedExport): ReadonlyArray<string> => {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""))
  if (lines.at(-1) === "" && (text.endsWith("\n") || text === "")) lines.pop()
  const misplaced = unparsed.filter((place, index) => place.line !== index + 1 || place.text !== lines[index])
  const places = misplaced.map(({ line }) => `unparsed ${line}`)
  let next = unparsed.length + 1
  for (const { line, lines: taken, text: said, edited } of messages) {
    if (line !== next || taken < 1) places.push(`header ${line}, not ${next}`)
    const saidLines = said.split("\n")
    for (let i = 1; i < taken; i++) {
      const written = lines[line - 1 + i]
      const dropped = written !== saidLines[i] && written?.trim() !== "" && edited !== true
      if (dropped) places.push(`line ${line + i}`)
    }
    next += taken
  }
  if (next !== lines.length + 1) places.push(`end ${next}, not ${lines.length + 1}`)
  return places
}

const messageText: fc.Arbitrary<string> = fc
  .array(
    fc.string({ unit: "grapheme", maxLength: 30 }).map((line) => line.replace(/[\r\n]/g, "")),
    {
      minLength: 1,
      maxLength: 4
    }
  )
  .map((lines) =>
    lines
      .map((line, i) => (i === 0 ? `Well ${line}.` : line))
      .join("\n")
      .trimEnd()
  )

const syntheticChat: fc.Arbitrary<ReadonlyArray<SyntheticMessage>> = fc
  .array(
    fc.record({
      minutes: fc.integer({ min: 0, max: 20_000 }),
      author: fc.constantFrom("Ada Byrne", "~ Mirela", "+44 7700 900123", "Re:Bob", "سلمى", "小雨", "12:30"),
      text: messageText,
      edited: fc.boolean()
    }),
    { minLength: 1, maxLength: 12 }
  )
  .map((steps) => {
    let clock = Date.UTC(2023, 10, 25, 23, 50)
    return steps.map(({ minutes, edited, ...said }) => {
      const at = new Date(clock).toISOString().slice(0, 19)
      clock += minutes * 60_000
      return { at, ...said, ...(edited ? { edited } : {}) }
    })
  })

const identity = ({ at, author, text, repeat }: ParsedExport["messages"][number]) => [
  at,
  author,
  text,
  repeat
]

describe("any text", () => {
  const fragment = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "01/03/2024, 21:05 - ",
      "[01/03/2024, 21:05:00] ",
      "3/4/24, 9:05 PM - ",
      "[31/02/2024, 10:00:00] ",
      "A: ",
      "\u200e",
      "<attached: 00000001-a.jpg>",
      "<This message was edited>",
      '"',
      "\r",
      "https://example.com/",
      "1/1/1445, 10:00 - ",
      "1/1/1403, 10:00 - "
    )
  )
  const anyText = fc
    .array(fc.tuple(fc.array(fragment, { maxLength: 4 }), fc.constantFrom("\n", "\r\n", "")))
    .map((lines) => lines.map(([parts, end]) => parts.join("") + end).join(""))

  it("is read without failing, each of its lines in exactly one place", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(misplacedLines(text, parseChatExport(text))).toEqual([])
      }),
      { numRuns: 500 }
    )
  })

  it("gives the same messages when more of the chat follows", () => {
    fc.assert(
      fc.property(syntheticChat, fc.constantFrom(...lookNames), (chat, look) => {
        const { dateOrder } = parseChatExport(renderExport(chat, look)).format!
        const read = (part: typeof chat) =>
          parseChatExport(renderExport(part, look), { dateOrder }).messages.map(identity)
        const half = Math.ceil(chat.length / 2)
        expect(read(chat).slice(0, half)).toEqual(read(chat.slice(0, half)))
      }),
      { numRuns: 100 }
    )
  })
})

describe.each(lookNames)("a chat written by %s", (name) => {
  const look: ExportLook = exportLooks[name]
  const seconds = look.header.includes("{ss}")

  it("is read back as it was", () => {
    fc.assert(
      fc.property(syntheticChat, (chat) => {
        const text = renderExport(chat, name)
        const parsed = parseChatExport(text)
        expect(misplacedLines(text, parsed)).toEqual([])
        const read = parsed.messages.map(({ at, author, text, edited }) => ({
          at,
          author,
          text,
          ...(edited === true ? { edited } : {})
        }))
        expect(read).toEqual(
          chat.map(({ at, ...said }) => ({ at: seconds ? at : `${at.slice(0, 16)}:00`, ...said }))
        )
        expect(parsed.messages.some(({ system }) => system)).toBe(false)
      }),
      { numRuns: 30 }
    )
  })

  it("keeps its links, notices, deletions and media apart", () => {
    const { messages, unparsed, format } = parseChatExport(
      makeExport({ messages: 400, seed: 7, format: name })
    )
    expect(messages).toHaveLength(400)
    expect(unparsed).toEqual([])
    expect(format?.otherHeaders).toBe(0)
    expect(messages.map(({ system }, index) => (system ? index : -1)).filter((index) => index >= 0)).toEqual([
      0
    ])
    expect(messages.filter(({ deleted }) => deleted === true).length).toBeGreaterThan(0)
    expect(
      messages.filter(({ text }) => text === look.media).every(({ attachment }) => attachment !== undefined)
    ).toBe(true)
    expect(messages.filter(({ text }) => text.includes("://")).length).toBeGreaterThan(80)
  })
})

describe("hostile input", () => {
  const header = "[01/03/2024, 21:05:00] "
  it.each([
    ["digits", "1".repeat(1_000_000)],
    ["colons", header + ": ".repeat(500_000)],
    ["quotes", `${header}${'"'.repeat(1_000_000)}: x`],
    ["blanks", `${header}A: ${" ".repeat(1_000_000)}x`],
    ["carriage returns", `${header}A: ${"\r".repeat(1_000_000)}x`],
    ["blank lines", `${header}A: x${"\n ".repeat(500_000)}`],
    ["brackets", `${header}A: ${"<".repeat(1_000_000)}>`],
    ["marks", `${header}A: ${"\u200e".repeat(1_000_000)}`],
    ["words", `${header}A: ${"a.".repeat(500_000)}`]
  ])("of a megabyte of %s is read to its end", (_, text) => {
    // Reading takes a few milliseconds; anything quadratic would take minutes, and end at the test's limit.
    const { messages, unparsed } = parseChatExport(text)
    expect(messages.length + unparsed.length).toBeGreaterThan(0)
  })
})

describe("a made export", () => {
  it("is the same for the same seed and another for another", () => {
    expect(makeExport({ messages: 50, seed: 3 })).toBe(makeExport({ messages: 50, seed: 3 }))
    expect(makeExport({ messages: 50, seed: 3 })).not.toBe(makeExport({ messages: 50, seed: 4 }))
  })
})
