/**
 * The characters of a page: by its byte order mark, by its header, by its own word, or by what its bytes look like.
 *
 * @see https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding
 */
import { isUtf8 } from "node:buffer"
import { TextDecoder } from "node:util"

/** Where a page may say its encoding. */
const prescanBytes = 1_024

const marks: ReadonlyArray<readonly [mark: Buffer, encoding: string]> = [
  [Buffer.from([0xef, 0xbb, 0xbf]), "utf-8"],
  [Buffer.from([0xfe, 0xff]), "utf-16be"],
  [Buffer.from([0xff, 0xfe]), "utf-16le"]
]

const byMark = (bytes: Buffer): string | undefined =>
  marks.find(([mark]) => bytes.subarray(0, mark.length).equals(mark))?.[1]

const charset = /charset\s*=\s*["']?\s*([\w.:-]{1,40})/i

/** What a page says of itself is read as ASCII, so it cannot be UTF-16. */
const byMeta = (bytes: Buffer): string | undefined => {
  const said = /<meta\b[^>]*>/gi
  for (const [tag] of bytes.toString("latin1", 0, prescanBytes).matchAll(said)) {
    const name = charset.exec(tag)?.[1]?.toLowerCase()
    if (name !== undefined) return name.startsWith("utf-16") ? "utf-8" : name
  }
  return undefined
}

/** Of a page that was cut, the last character may be cut as well. */
const lastCharacterBytes = 3

const isUtf8Cut = (bytes: Buffer): boolean =>
  Array.from({ length: lastCharacterBytes + 1 }, (_, cut) => bytes.length - cut).some(
    (end) => end >= 0 && isUtf8(bytes.subarray(0, end))
  )

const decoderFor = (encoding: string): TextDecoder | undefined => {
  try {
    return new TextDecoder(encoding)
  } catch {
    // A name that the Encoding Standard does not know, or one that it wants nothing to be read by.
    return undefined
  }
}

/** A page's bytes as text. Whatever they are, there is some: what is no character becomes U+FFFD. */
export const decodePage = (bytes: Buffer, contentType: string): string => {
  const named = [byMark(bytes), charset.exec(contentType)?.[1], byMeta(bytes)]
  for (const name of named) {
    const decoder = name === undefined ? undefined : decoderFor(name)
    if (decoder !== undefined) return decoder.decode(bytes)
  }
  return new TextDecoder(isUtf8Cut(bytes) ? "utf-8" : "windows-1252").decode(bytes)
}
