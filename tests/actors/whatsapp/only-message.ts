/** A chat export of one message. */
import { expect } from "vitest"
import { parseChatExport } from "../../../actors/whatsapp/chat-export/parse.ts"

/** Reads an export that holds one message, and answers with that. */
export const only = (text: string) => {
  const { messages } = parseChatExport(text)
  expect(messages).toHaveLength(1)
  return messages[0]!
}
