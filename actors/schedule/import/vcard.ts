/** A line of a vCard: `item1.TEL;TYPE=CELL:+49 170 0000000`. */
export interface VCardProperty {
  /** In upper case, without its group. */
  readonly name: string
  /** In upper case; a value that stands alone, as in version 2.1, is a TYPE. */
  readonly parameters: ReadonlyMap<string, ReadonlyArray<string>>
  /** Decoded, but with its backslashes. */
  readonly value: string
}

export interface VCard {
  /** Of its BEGIN, from 1. */
  readonly line: number
  readonly properties: ReadonlyArray<VCardProperty>
  /** Whether it ended. */
  readonly isWhole: boolean
}

interface Line {
  readonly number: number
  readonly text: string
}

/**
 * The cards of a text: vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), several in a row. Lines that are no properties
 * are passed over, and so are cards within cards (2.1's AGENT).
 */
export function* vCards(text: string): Generator<VCard, void> {
  let card: { line: number; properties: Array<VCardProperty> } | undefined
  let depth = 0
  for (const line of unfolded(text)) {
    if (/^BEGIN:VCARD\s*$/i.test(line.text)) {
      if (depth++ === 0) card = { line: line.number, properties: [] }
    } else if (/^END:VCARD\s*$/i.test(line.text)) {
      if (depth > 0 && --depth === 0 && card !== undefined) yield { ...card, isWhole: true }
    } else if (depth === 1) {
      const property = readProperty(line.text)
      if (property !== undefined) card?.properties.push(property)
    }
  }
  if (depth > 0 && card !== undefined) yield { ...card, isWhole: false }
}

const quotedPrintable = /^[^:]{0,200};(?:ENCODING=)?QUOTED-PRINTABLE/i

// A line that begins with white space goes on with the one before it; one in quoted-printable that ends in `=`
// goes on with the next.
function* unfolded(text: string): Generator<Line, void> {
  let pieces: Array<string> = []
  let begun = 1
  let isSoft = false
  for (const [index, line] of text.split(/\r\n|[\r\n]/).entries()) {
    const isFolded: boolean = !isSoft && pieces.length > 0 && /^[ \t]/.test(line)
    if (!isSoft && !isFolded) {
      if (pieces.length > 0) yield { number: begun, text: pieces.join("") }
      pieces = []
      begun = index + 1
    }
    const piece: string = isFolded ? line.slice(1) : line
    isSoft = piece.endsWith("=") && quotedPrintable.test(pieces[0] ?? piece)
    pieces.push(isSoft ? piece.slice(0, -1) : piece)
  }
  yield { number: begun, text: pieces.join("") }
}

// A parameter's value may be in quotes, and hold colons and semicolons there.
const head = /^(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":])*)?):/

function readProperty(line: string): VCardProperty | undefined {
  const match = head.exec(line)
  if (match === null) return undefined
  const [whole, name = "", written = ""] = match
  const parameters = readParameters(written)
  const encoding = parameters.get("ENCODING") ?? []
  const types = parameters.get("TYPE") ?? []
  const isQuotedPrintable = [...encoding, ...types].includes("QUOTED-PRINTABLE")
  const value = line.slice(whole.length)
  return {
    name: name.toUpperCase(),
    parameters,
    value: isQuotedPrintable ? fromQuotedPrintable(value, parameters.get("CHARSET")?.[0]) : value
  }
}

function readParameters(written: string): ReadonlyMap<string, ReadonlyArray<string>> {
  const parameters = new Map<string, Array<string>>()
  for (const [, part = ""] of written.matchAll(/;((?:"[^"]*"|[^";])*)/g)) {
    const [, name = "TYPE", values = ""] = /^(?:([\w-]+)=)?(.*)$/s.exec(part.toUpperCase()) ?? []
    const known = parameters.get(name) ?? []
    for (const value of values.replaceAll('"', "").split(",")) known.push(value)
    parameters.set(name, known)
  }
  return parameters
}

const charsets: Readonly<Record<string, string>> = {
  "ISO-8859-1": "windows-1252",
  "WINDOWS-1252": "windows-1252"
}

function fromQuotedPrintable(value: string, charset = "UTF-8"): string {
  const bytes = Buffer.from(value, "utf8").toString("latin1")
  const decoded = bytes.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16))
  )
  return new TextDecoder(charsets[charset] ?? "utf-8").decode(Buffer.from(decoded, "latin1"))
}

/** A value without its backslashes: `\n` is a line end, and any other character stands for itself. */
export const unescaped = (value: string): string =>
  value.replaceAll(/\\(.)/gs, (_, character: string) =>
    character === "n" || character === "N" ? "\n" : character
  )

/** The parts of a value between separators that no backslash stands before. */
export function partsOf(value: string, separator: "," | ";"): ReadonlyArray<string> {
  const parts: Array<string> = []
  let from = 0
  for (let at = 0; at <= value.length; at++) {
    if (value[at] === "\\") at++
    else if (at === value.length || value[at] === separator) {
      parts.push(unescaped(value.slice(from, at)))
      from = at + 1
    }
  }
  return parts
}
