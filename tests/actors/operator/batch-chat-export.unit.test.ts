import { describe, expect, it } from "vitest"
import { chatExport } from "../../../actors/operator/batch/chat-export.ts"

describe("the batch operation chat-export", () => {
  it("gives messages with only their documented fields", () => {
    expect(chatExport({ text: "01/03/2024, 21:05 - Ada left\n01/03/2024, 21:06 - Jo: hi" })).toEqual({
      messages: [
        { at: "2024-03-01T21:05:00", text: "Ada left", system: true },
        { at: "2024-03-01T21:06:00", author: "Jo", text: "hi", system: false }
      ]
    })
  })

  it("lists what stands before the first message", () => {
    expect(chatExport({ text: "hello" })).toEqual({ messages: [], unparsed: [{ line: 1, text: "hello" }] })
  })

  it.each([
    [null, "no object"],
    ["x", "no object"],
    [{}, 'without "text"'],
    [{ text: 7 }, "of type number"],
    [{ text: null }, "of type null"]
  ])("says what is wrong with %j", (input, found) => {
    expect(chatExport(input)).toEqual({ error: expect.stringContaining(found) })
  })
})
