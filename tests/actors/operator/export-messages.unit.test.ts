import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  exportedId,
  incomingOf,
  inRequests,
  pieces,
  systemAuthor
} from "../../../actors/operator/ingest/export-messages.ts"
import { linksInExport } from "../../../actors/operator/ingest/export-links.ts"
import { parseChatExport } from "../../../actors/whatsapp/chat-export/parse.ts"
import { ingestMessagesMax, textLengthMax } from "../../../contracts/commands.ts"
import { makeExport } from "../whatsapp/fixtures/make-export.ts"

const parsed = (text: string) => parseChatExport(text).messages
const ids = (text: string) => incomingOf(parsed(text), () => 0).map(({ id }) => id)

describe("ids of exported messages", () => {
  it("are the same whenever the chat is exported again, and different for different messages", () => {
    const first = makeExport({ messages: 400, seed: 3 })
    const later = makeExport({ messages: 500, seed: 3 })
    const known = ids(first)
    expect(new Set(known).size).toBe(known.length)
    expect(ids(later).slice(0, known.length)).toEqual(known)
  })

  it("do not depend on where in the file a message stands, nor on the time zone", () => {
    const [, ...rest] = parsed("[01/03/2024, 21:05:00] Ada: one\n[01/03/2024, 21:05:00] Ada: two\n")
    const [alone] = parsed("[01/03/2024, 21:05:00] Ada: two\n")
    expect(exportedId(rest[0]!, 0)).toBe(exportedId(alone!, 0))
    expect(incomingOf(rest, () => 1)[0]!.id).toBe(incomingOf(rest, () => 2)[0]!.id)
  })

  it("tell the same words said twice within a minute apart", () => {
    expect(new Set(ids("1/3/24, 21:05 - Ada: ok\n1/3/24, 21:05 - Ada: ok\n")).size).toBe(2)
  })

  it("give lines of WhatsApp itself an author of their own", () => {
    const [line] = incomingOf(parsed("1/3/24, 21:05 - Ada changed the subject to see example.com\n"), () => 0)
    expect(line).toMatchObject({ author: systemAuthor, text: expect.stringContaining("example.com") })
  })
})

describe("cutting what is too long for one message", () => {
  it("loses nothing, and keeps words and characters whole", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 400 }),
        fc.integer({ min: 8, max: 60 }),
        (text, lengthMax) => {
          const cut = pieces(text, lengthMax)
          expect(cut.join("")).toBe(text)
          for (const piece of cut) expect(piece.length).toBeLessThanOrEqual(lengthMax)
        }
      )
    )
    const link = "https://example.com/a-rather-long-path"
    expect(pieces(`${"x".repeat(40)} ${link} end`, 60).some((piece) => piece.includes(link))).toBe(true)
    expect(pieces(`${"x".repeat(9)}😀`, 10)).toEqual(["x".repeat(9), "😀"])
  })

  it("makes messages of what an export with broken headers joined, each with an id of its own", () => {
    const [message] = parsed(`1/3/24, 21:05 - Ada: ${"see http://192.0.2.7/login.exe ".repeat(9_000)}`)
    const incoming = incomingOf([message!], () => 0)
    expect(incoming.length).toBeGreaterThan(1)
    expect(new Set(incoming.map(({ id }) => id)).size).toBe(incoming.length)
    for (const { text } of incoming) expect(text.length).toBeLessThanOrEqual(textLengthMax)
    const links = linksInExport([message!])
    expect([...links.values()]).toMatchObject([{ url: "http://192.0.2.7/login.exe", times: incoming.length }])
  })
})

describe("requests", () => {
  it("hold every message once, in order, within the limits of number and size", () => {
    const messages = incomingOf(parsed(makeExport({ messages: 1_000, seed: 5 })), () => 0)
    const bytesMax = 12_000
    const requests = inRequests(messages, bytesMax)
    expect(requests.flat()).toEqual(messages)
    for (const request of requests) {
      expect(request.length).toBeLessThanOrEqual(ingestMessagesMax)
      expect(Buffer.byteLength(JSON.stringify(request))).toBeLessThanOrEqual(bytesMax + 1)
    }
  })
})
