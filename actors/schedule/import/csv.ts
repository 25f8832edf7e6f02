/** A row of a CSV file. */
export interface CsvRow {
  /** The line it begins on, from 1: fields in quotes may hold line ends. */
  readonly line: number
  readonly fields: ReadonlyArray<string>
  /** What is wrong with it, where something is. */
  readonly fault?: string
}

/** What separates the fields: what the first line, its quoted parts left out, has most of. */
export function delimiterOf(text: string): string {
  const [header = ""] = /^[^\r\n]{0,10000}/.exec(text) ?? []
  const bare = header.replaceAll(/"[^"]*"?/g, "")
  const fields = (delimiter: string) => bare.split(delimiter).length
  return [",", ";", "\t", "|"].reduce((best, other) => (fields(other) > fields(best) ? other : best))
}

interface Cursor {
  at: number
  line: number
}

/**
 * The rows of a CSV text (RFC 4180), lazily. Fields in double quotes may hold delimiters, line ends and doubled
 * quotes; lines end with CR LF, LF or CR; lines with nothing on them are no rows. A row with a fault comes with it; behind
 * a quote that nothing closes there are no more rows, since where they begin can't be told.
 *
 * @example [...csvRows('name,number\n"Lovelace, Ada",+49170', ",")]
 */
export function* csvRows(text: string, delimiter: string): Generator<CsvRow, void> {
  const cursor: Cursor = { at: 0, line: 1 }
  while (cursor.at < text.length) {
    const row = readRow(text, delimiter, cursor)
    if (row.fault !== undefined || row.fields.some((field) => field !== "")) yield row
  }
}

function readRow(text: string, delimiter: string, cursor: Cursor): CsvRow {
  const { line } = cursor
  const fields: Array<string> = []
  let fault: string | undefined
  do {
    if (text[cursor.at] !== '"') fields.push(readBare(text, delimiter, cursor))
    else {
      const field = readQuoted(text, cursor)
      fields.push(field ?? "")
      const behind = readBare(text, delimiter, cursor)
      if (field === undefined)
        fault = "expected a quotation mark that closes a field, found the end of the file"
      else if (behind.trim() !== "") {
        fault ??= `expected nothing between a closing quotation mark and the next field, found "${behind.slice(0, 20)}"`
      }
    }
  } while (text[cursor.at++] === delimiter)
  if (text[cursor.at - 1] === "\r" && text[cursor.at] === "\n") cursor.at++
  cursor.line++
  return fault === undefined ? { line, fields } : { line, fields, fault }
}

/** Up to the next delimiter or line end. */
function readBare(text: string, delimiter: string, cursor: Cursor): string {
  const from = cursor.at
  while (cursor.at < text.length && !isEnd(text[cursor.at], delimiter)) cursor.at++
  return text.slice(from, cursor.at)
}

const isEnd = (character: string | undefined, delimiter: string): boolean =>
  character === delimiter || character === "\n" || character === "\r"

/** What stands between the quote at the cursor and the one that closes it; undefined, at the end, when none does. */
function readQuoted(text: string, cursor: Cursor): string | undefined {
  const from = cursor.at + 1
  let closing = text.indexOf('"', from)
  while (closing >= 0 && text[closing + 1] === '"') closing = text.indexOf('"', closing + 2)
  cursor.at = closing < 0 ? text.length : closing + 1
  if (closing < 0) return undefined
  const field = text.slice(from, closing).replaceAll('""', '"')
  cursor.line += field.match(/\r\n|[\r\n]/g)?.length ?? 0
  return field
}
