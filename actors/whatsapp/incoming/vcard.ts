/**
 * The words of a contact card: vCard 3.0 and 4.0 (RFC 2426, RFC 6350), and 2.1 as phones still write it, with
 * quoted-printable values.
 */

/** Properties that no person reads. */
const machine: ReadonlySet<string> = new Set(["BEGIN", "END", "VERSION", "PRODID", "UID", "REV", "KEY"])

/** A line that begins with white space continues the one before it. */
const unfold = (vcard: string): string => vcard.replaceAll(/\r\n?/gu, "\n").replaceAll(/\n[ \t]/gu, "")

/** A line of quoted-printable text that ends in an equals sign goes on in the next one. */
const logicalLines = (vcard: string): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (const line of unfold(vcard).split("\n")) {
    const before = lines.at(-1)
    if (before?.endsWith("=") && isQuotedPrintable(before))
      lines[lines.length - 1] = before.slice(0, -1) + line
    else lines.push(line)
  }
  return lines
}

const isQuotedPrintable = (line: string): boolean => /^[^:]*;[^:]*QUOTED-PRINTABLE/iu.test(line)

/** Runs of `=C3=BC` are the bytes of UTF-8. */
const fromQuotedPrintable = (value: string): string =>
  value.replaceAll(/(?:=[0-9A-F]{2})+/giu, (run) =>
    Buffer.from(run.replaceAll("=", ""), "hex").toString("utf8")
  )

const unescape = (value: string): string =>
  value.replaceAll(/\\(.)/gsu, (_, escaped: string) => (escaped.toLowerCase() === "n" ? "\n" : escaped))

/** The colon that ends a name and its parameters; one within quotes belongs to a parameter. */
const valueAt = (line: string): number => {
  let quoted = false
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '"') quoted = !quoted
    else if (line[at] === ":" && !quoted) return at
  }
  return -1
}

/** Base64 pictures and sounds. */
const isBinary = (parameters: string, value: string): boolean =>
  /;\s*(?:ENCODING=)?(?:B|BASE64)(?:;|$)/iu.test(parameters) || /^data:[^,]*;base64,/iu.test(value)

const textOf = (line: string): string => {
  const at = valueAt(line)
  const head = line.slice(0, at)
  const value = line.slice(at + 1)
  // A line may be a bare URL, whose scheme is no property's name.
  if (at < 0 || value.startsWith("//")) return line
  const [named = ""] = head.split(";", 1)
  const name = named.slice(named.lastIndexOf(".") + 1).toUpperCase()
  if (machine.has(name) || isBinary(head, value)) return ""
  return unescape(isQuotedPrintable(line) ? fromQuotedPrintable(value) : value)
}

/**
 * The values of a card's properties, in its order. A line that is no property is taken as it stands.
 *
 * @example vcardTexts("BEGIN:VCARD\nFN:Ada\nitem1.URL:http\\://example.com\nEND:VCARD") // ["Ada", "http://example.com"]
 */
export const vcardTexts = (vcard: string): ReadonlyArray<string> =>
  logicalLines(vcard)
    .map((line) => textOf(line).trim())
    .filter((text) => text !== "")
