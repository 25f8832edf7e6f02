/** From the messages of an export to those that are sent to the log. Pure. */
import { type IncomingMessage, ingestMessagesMax, textLengthMax } from "../../../contracts/commands.ts"
import { hashOf } from "../../../contracts/ids.ts"
import type { ExportedMessage } from "../../whatsapp/chat-export/parse.ts"

/** Who speaks where WhatsApp itself does: such a line names who acted only in its text. */
export const systemAuthor = "(system)"

/** The longest author that a message may have; the identity of a message is made from the whole name. */
const authorLengthMax = 200

/** A piece that would be cut in the middle of a word is cut before it, unless the word is this long. */
const wordLengthMax = 4_096

/**
 * Cuts a text that is longer than a message may be, between words, so that no link is torn. An export with
 * broken headers joins many messages into one.
 */
export const pieces = (text: string, lengthMax = textLengthMax): ReadonlyArray<string> => {
  const cut: Array<string> = []
  let rest = text
  while (rest.length > lengthMax) {
    const space = Math.max(rest.lastIndexOf(" ", lengthMax), rest.lastIndexOf("\n", lengthMax))
    const end = space > Math.max(0, lengthMax - wordLengthMax) ? space + 1 : lengthMax
    // A surrogate pair stays together.
    const isTorn = (rest.charCodeAt(end - 1) & 0xfc00) === 0xd800
    const at = isTorn ? end - 1 : end
    cut.push(rest.slice(0, at))
    rest = rest.slice(at)
  }
  return [...cut, rest]
}

/**
 * The id of an exported message, which says nothing of it and is the same whenever the chat is exported again:
 * made from its local time, author, text, and how many like it came before. The time zone is not part of it.
 */
export const exportedId = ({ at, author, repeat, text }: ExportedMessage, piece: number): string =>
  hashOf("export", at, author ?? systemAuthor, text, repeat, ...(piece === 0 ? [] : [piece]))

/** The messages to send, in the order of the export. */
export const incomingOf = (
  messages: ReadonlyArray<ExportedMessage>,
  toMillis: (local: string) => number
): ReadonlyArray<IncomingMessage> =>
  messages.flatMap((message) =>
    pieces(message.text).map((text, piece) => ({
      id: exportedId(message, piece),
      author: (message.author ?? systemAuthor).slice(0, authorLengthMax),
      sentAt: toMillis(message.at),
      text
    }))
  )

/** Groups messages so that each request stays within a number of messages and of bytes of JSON. */
export const inRequests = (
  messages: ReadonlyArray<IncomingMessage>,
  bytesMax: number
): ReadonlyArray<ReadonlyArray<IncomingMessage>> => {
  const requests: Array<Array<IncomingMessage>> = []
  let bytes = 0
  for (const message of messages) {
    const size = Buffer.byteLength(JSON.stringify(message)) + 1
    const last = requests.at(-1)
    if (last === undefined || last.length >= ingestMessagesMax || bytes + size > bytesMax) {
      requests.push([message])
      bytes = size
    } else {
      last.push(message)
      bytes += size
    }
  }
  return requests
}
