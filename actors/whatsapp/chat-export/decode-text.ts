/** The encodings that exports come in: WhatsApp writes UTF-8; editors on Windows save UTF-16. */
export type TextEncoding = "utf-8" | "utf-16le" | "utf-16be"

/** Bytes that are no text, in one sentence's words. */
export interface NotText {
  readonly found: string
}

/** One in this many characters may be undecodable before a file counts as no text. */
const damagedShareMax = 100
const replacement = /\ufffd/g

/**
 * Decodes an export's bytes. A few broken bytes become U+FFFD rather than cost the whole chat; zero bytes, or
 * many broken ones, mean that the file is no text.
 */
export const decodeText = (
  bytes: Uint8Array
): { readonly text: string; readonly encoding: TextEncoding } | NotText => {
  const encoding: TextEncoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : "utf-8"
  if (encoding === "utf-8" && bytes.subarray(0, 65_536).includes(0)) return { found: "zero bytes" }
  const text = new TextDecoder(encoding).decode(bytes)
  const damaged = text.match(replacement)?.length ?? 0
  if (damaged * damagedShareMax > text.length) {
    return { found: `${damaged} of ${text.length} characters that are not ${encoding.toUpperCase()}` }
  }
  return { text, encoding }
}
