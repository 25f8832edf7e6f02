import { Predicate } from "effect"
import { type ExportedMessage, parseChatExport } from "../../whatsapp/chat-export/parse.ts"

/** One message of an export, as `wadjet batch chat-export` writes it. */
export interface BatchMessage {
  /** Local ISO 8601 date-time without a zone. */
  readonly at: string
  readonly author?: string
  readonly text: string
  readonly system: boolean
}

export interface BatchChatExport {
  readonly messages: ReadonlyArray<BatchMessage>
  /** The lines before the first message, when there are any. */
  readonly unparsed?: ReadonlyArray<{ readonly line: number; readonly text: string }>
}

const expected = '{"text": "a whole chat export"}'

/**
 * The batch operation `chat-export`: reads a whole export given as text. Pure. What cannot be handled comes back
 * as `{error}`, a sentence that says what was expected and what was found.
 *
 * @example chatExport({ text: "01/03/2024, 21:05 - Ada: hello" })
 */
export const chatExport = (input: unknown): BatchChatExport | { readonly error: string } => {
  if (!Predicate.isObject(input)) return { error: `chat-export expected ${expected}, found no object` }
  if (!Predicate.hasProperty(input, "text")) {
    return { error: `chat-export expected ${expected}, found an object without "text"` }
  }
  if (!Predicate.isString(input.text)) {
    return {
      error: `chat-export expected ${expected}, found "text" of type ${input.text === null ? "null" : typeof input.text}`
    }
  }
  const { messages, unparsed } = parseChatExport(input.text)
  const answer = { messages: messages.map(batchMessage) }
  return unparsed.length === 0 ? answer : { ...answer, unparsed }
}

const batchMessage = ({ at, author, text, system }: ExportedMessage): BatchMessage =>
  author === undefined ? { at, text, system } : { at, author, text, system }
