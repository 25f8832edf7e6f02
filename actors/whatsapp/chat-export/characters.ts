/**
 * The first code point of each run of ten decimal digits that WhatsApp's languages write dates in.
 * Unicode, general category Nd.
 */
const digitZeros = [
  0x0030, // Latin
  0x0660, // Arabic-Indic
  0x06f0, // Persian and Urdu
  0x0966, // Devanagari
  0x09e6, // Bengali
  0x0a66, // Gurmukhi
  0x0ae6, // Gujarati
  0x0be6, // Tamil
  0x0c66, // Telugu
  0x0ce6, // Kannada
  0x0d66, // Malayalam
  0x0e50, // Thai
  0x0ed0, // Lao
  0x1040, // Burmese
  0x17e0, // Khmer
  0xff10 // full width
]

/** Characters that mean the same as an ASCII one where a date is written. */
const sameAs: Readonly<Record<number, string>> = {
  0x00a0: " ",
  0x2007: " ",
  0x2009: " ",
  0x202f: " ",
  0x3000: " ",
  0x2010: "-",
  0x2011: "-",
  0x2012: "-",
  0x2013: "-",
  0x2014: "-",
  0x2212: "-",
  0x060c: ",",
  0xff0c: ",",
  0x3001: ",",
  0xff1a: ":"
}

/** Whether a UTF-16 code unit is an invisible mark of direction, or a byte order mark. */
export const isMark = (code: number): boolean =>
  code === 0x200e ||
  code === 0x200f ||
  code === 0x061c ||
  code === 0xfeff ||
  (code >= 0x202a && code <= 0x202e) ||
  (code >= 0x2066 && code <= 0x2069)

/** The value of a decimal digit of any script WhatsApp writes, or -1. */
export const digitValue = (code: number): number => {
  if (code < 0x80) return code >= 0x30 && code <= 0x39 ? code - 0x30 : -1
  for (const zero of digitZeros) if (code >= zero && code <= zero + 9) return code - zero
  return -1
}

/** The part of a line in which a header must lie, with ASCII digits, blanks and dashes and without marks. */
export interface Head {
  readonly text: string
  /** `offsets[i]` is where `text[i]` stands in the whole export; absent when the head was plain ASCII. */
  readonly offsets: ReadonlyArray<number> | undefined
  readonly start: number
  /** Whether some digit was of another script than Latin. */
  readonly otherDigits: boolean
}

/** Characters. The longest header any locale writes has some 45, and marks can double that. */
const headLengthMax = 96

const notPlain = /[^\x20-\x7e]/

/** Reads the start of the line at `[start, end)` in the alphabet that headers are matched in. */
export const readHead = (text: string, start: number, end: number): Head => {
  const limit = Math.min(end, start + headLengthMax)
  const slice = text.slice(start, limit)
  if (!notPlain.test(slice)) return { text: slice, offsets: undefined, start, otherDigits: false }
  let head = ""
  let otherDigits = false
  const offsets: Array<number> = []
  for (let i = start; i < limit; i++) {
    const code = text.charCodeAt(i)
    if (isMark(code)) continue
    const digit = code < 0x80 ? -1 : digitValue(code)
    otherDigits ||= digit >= 0
    head += digit >= 0 ? String(digit) : (sameAs[code] ?? text[i])
    offsets.push(i)
  }
  return { text: head, offsets, start, otherDigits }
}

/** Where in the export the head's first `length` characters end. */
export const endOf = (head: Head, length: number): number => {
  if (head.offsets === undefined) return head.start + length
  const last = head.offsets[length - 1]
  return last === undefined ? head.start : last + 1
}

const marks = /[\u200e\u200f\u061c\ufeff\u202a-\u202e\u2066-\u2069]/g
const blanks = /[\u00a0\u2007\u2009\u202f]/g

/** A text without marks of direction and with ordinary blanks: how a name or a marker is compared. */
export const plain = (text: string): string =>
  notPlain.test(text) ? text.replace(marks, "").replace(blanks, " ").trim() : text.trim()

/** A text without the marks it starts with. */
export const withoutLeadingMarks = (text: string): string => {
  let start = 0
  while (start < text.length && isMark(text.charCodeAt(start))) start++
  return start === 0 ? text : text.slice(start)
}

/** A text without the marks and blanks it ends with. */
export const withoutTrailingMarks = (text: string): string => {
  let end = text.length
  while (end > 0 && (isMark(text.charCodeAt(end - 1)) || text[end - 1]!.trim() === "")) end--
  return end === text.length ? text : text.slice(0, end)
}
