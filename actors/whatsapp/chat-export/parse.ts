import { findAttachment } from "./attachments.ts"
import { isoDate } from "./calendars.ts"
import { digitValue, isMark, plain, readHead, withoutLeadingMarks } from "./characters.ts"
import {
  type DateOrder,
  type DateOrderEvidence,
  dateReader,
  inferDateOrder,
  isSomeDate
} from "./date-order.ts"
import { type Header, type Layout, readHeader } from "./header.ts"
import { isDeleted, splitEdited } from "./markers.ts"
import { repeatCounter } from "./repeats.ts"
import { isQuotingEvent, isSignedSystemText } from "./system-lines.ts"

/** One message or system line of an export. */
export interface ExportedMessage {
  /** Local ISO 8601 date-time without a zone, which exports do not tell: `2024-03-01T21:05:00`. */
  readonly at: string
  /** The author as the exporting phone names them: a contact's name, `~ Name`, or a phone number. */
  readonly author?: string
  /**
   * All that was written, attachment markers included; lines are joined by `\n`. Links are looked for here, and
   * in system lines too: a group's name can hold one.
   */
  readonly text: string
  /** Written by WhatsApp itself. Such a line has no author: who acted is named in the text. */
  readonly system: boolean
  /** The attached file's name, or the marker that stands for it in an export without media. */
  readonly attachment?: string
  /** What was written beside the attachment, for display. */
  readonly caption?: string
  readonly edited?: boolean
  readonly deleted?: boolean
  /** The number, from 1, of the line with this message's header. It moves when the chat is exported again. */
  readonly line: number
  /** How many lines of the export this message takes. */
  readonly lines: number
  /** 0 for the first message with this `at`, `author` and `text`, 1 for the second, and so on. */
  readonly repeat: number
}

/** What was inferred about an export as a whole. */
export interface ExportFormat {
  readonly layout: Layout
  readonly dateOrder: DateOrder
  /** `default` means that the order of day and month is a guess that `options.dateOrder` can overrule. */
  readonly dateOrderFrom: DateOrderEvidence
  readonly separator: string
  readonly clock: "12h" | "24h"
  readonly seconds: boolean
  /** Lines that look like headers of some other export, and so were read as text. */
  readonly otherHeaders: number
}

export interface ParsedExport {
  readonly messages: ReadonlyArray<ExportedMessage>
  /** The lines before the first header: all of them when the text is no export. */
  readonly unparsed: ReadonlyArray<{ readonly line: number; readonly text: string }>
  /** Absent when no header was found. */
  readonly format?: ExportFormat
}

export interface ParseOptions {
  /**
   * Overrules the inferred order, for instance with the one found when this chat was imported before. Not heeded
   * when the year's place rules it out.
   */
  readonly dateOrder?: DateOrder
  /** Names that hold ": ", which one line alone cannot tell from a name and a text. */
  readonly authors?: ReadonlyArray<string>
}

/** Characters. WhatsApp allows 25 for a push name and 100 for a group's; phone books allow more. */
const authorLengthMax = 256

interface Candidate {
  readonly header: Header
  readonly line: number
  readonly start: number
}

const bracketCode = "[".charCodeAt(0)

/** Every line with a header of the same style as the first one, which no member of the chat can forge. */
const scan = (text: string) => {
  const candidates: Array<Candidate> = []
  let style: string | undefined
  let otherHeaders = 0
  let lines = 0
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start)
    const end = newline < 0 ? text.length : newline
    lines++
    let first = start
    while (first < end && isMark(text.charCodeAt(first))) first++
    const code = text.charCodeAt(first)
    if (code === bracketCode || digitValue(code) >= 0) {
      const header = readHeader(readHead(text, first, end))
      if (header !== undefined && (header.style === style || isSomeDate(header.date))) {
        style ??= header.style
        if (header.style === style) candidates.push({ header, line: lines, start })
        else otherHeaders++
      }
    }
    start = end + 1
  }
  return { candidates, lines, otherHeaders }
}

const unixLines = (text: string): string => {
  const unix = text.replaceAll("\r\n", "\n")
  return unix.endsWith("\r") ? unix.slice(0, -1) : unix
}

/** WhatsApp trims what is sent, so blank lines at the end come from the file. */
const withoutBlankEnd = (text: string): string => {
  let end = text.length
  for (;;) {
    const newline = text.lastIndexOf("\n", end - 1)
    if (newline < 0 || end === 0 || text.slice(newline + 1, end).trim() !== "") return text.slice(0, end)
    end = newline
  }
}

const authorEnd = (rest: string, known: ReadonlyArray<string>): number | undefined => {
  const firstLine = rest.indexOf("\n")
  const limit = Math.min(firstLine < 0 ? rest.length : firstLine, authorLengthMax)
  const line = rest.slice(0, limit)
  if (known.length > 0) {
    for (let colon = line.indexOf(": "); colon >= 0; colon = line.indexOf(": ", colon + 1)) {
      if (known.includes(plain(line.slice(0, colon)))) return colon
    }
  }
  const colon = line.indexOf(": ")
  if (colon > 0) return isQuotingEvent(line.slice(0, colon)) ? undefined : colon
  // An author whose text starts on the next line, or is empty and lost its blank to an editor.
  return colon < 0 && line.endsWith(":") && line.length > 1 && limit < authorLengthMax ? limit - 1 : undefined
}

type Said = Omit<ExportedMessage, "at" | "line" | "lines" | "repeat">

const readSaid = (whole: string, known: ReadonlyArray<string>): Said => {
  const rest = withoutBlankEnd(unixLines(whole))
  const colon = authorEnd(rest, known)
  const author = colon === undefined ? "" : plain(rest.slice(0, colon))
  if (colon === undefined || author === "") return { text: withoutLeadingMarks(rest), system: true }
  const marked = rest[colon + 1] === " " ? rest.slice(colon + 2) : rest.slice(colon + 1)
  const { text: written, edited } = splitEdited(marked)
  const text = withoutLeadingMarks(written)
  if (isDeleted(written)) return { author, text, system: false, deleted: true }
  const attachment = findAttachment(written)
  if (attachment === undefined && isSignedSystemText(author, written)) return { text, system: true }
  return {
    author,
    text,
    system: false,
    ...(attachment === undefined ? {} : { attachment: attachment.name, caption: attachment.caption }),
    ...(edited ? { edited } : {})
  }
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value))

const clockTime = (second: number): string =>
  `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`

const linesOf = (text: string): ReadonlyArray<string> => {
  const lines = text.split("\n")
  if (lines.at(-1) === "") lines.pop()
  return lines
}

/**
 * Reads a chat that WhatsApp exported, from any phone and in any language whose dates can be told apart. Never
 * fails: what is not part of a message is in `unparsed`. Takes time in proportion to the text.
 *
 * **What stays the same when a chat is exported again.** A later export of the same chat from the same phone
 * has the same messages in the same order and more after them, so `at`, `author`, `text` and `repeat` together
 * name a message for good, while `line` does not: an export holds only the newest 40,000 messages (10,000 with
 * media), so old lines fall off its top (and in the minute where it now starts, `repeat` may count fewer). Three
 * things do change them. A message that was edited or deleted since has another text, as it has in the chat. A
 * renamed contact has another author. And while `dateOrderFrom` is `default`, a longer export may tell another
 * order: keep `dateOrder` with the chat and pass it again. A name given later in `authors` moves the boundary
 * between author and text; `${author}: ${text}` survives that.
 *
 * @example
 * parseChatExport("[01/03/2024, 21:05:00] Ada: hello").messages[0]
 * // { at: "2024-03-01T21:05:00", author: "Ada", text: "hello", system: false, line: 1, lines: 1, repeat: 0 }
 */
export const parseChatExport = (text: string, options: ParseOptions = {}): ParsedExport => {
  const { candidates, lines, otherHeaders } = scan(text)
  const first = candidates[0]?.header
  const headersInStyle = candidates.map((candidate) => candidate.header)
  const inferred = inferDateOrder(headersInStyle, options.dateOrder)
  const readDate = dateReader(inferred.order)
  const dates = new Map<number, string>()
  const dateOf = (epochDay: number): string => {
    const known = dates.get(epochDay)
    if (known !== undefined) return known
    const date = isoDate(epochDay)
    dates.set(epochDay, date)
    return date
  }
  const authors = options.authors ?? []
  const messages: Array<ExportedMessage> = []
  const repeatOf = repeatCounter()
  const headers = candidates.filter(({ header }) => readDate(header.date) !== undefined)
  for (const [index, { header, line }] of headers.entries()) {
    const next = headers[index + 1]
    const said = readSaid(text.slice(header.rest, next?.start ?? text.length), authors)
    const at = `${dateOf(readDate(header.date)!)}T${clockTime(header.secondOfDay)}`
    const repeat = repeatOf(at, `${said.author ?? ""}\n${said.text}`)
    messages.push({ at, ...said, line, lines: (next?.line ?? lines + 1) - line, repeat })
  }
  const unparsed = linesOf(text.slice(0, headers[0]?.start ?? text.length)).map((lineText, index) => ({
    line: index + 1,
    text: unixLines(lineText)
  }))
  if (first === undefined) return { messages, unparsed }
  const format: ExportFormat = {
    layout: first.layout,
    dateOrder: inferred.order,
    dateOrderFrom: inferred.evidence,
    separator: first.separator,
    clock: first.period === undefined ? "24h" : "12h",
    seconds: first.seconds,
    otherHeaders: otherHeaders + candidates.length - headers.length
  }
  return { messages, unparsed, format }
}
