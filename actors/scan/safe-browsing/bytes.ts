/** Bytes as a string of one character each, U+0000 to U+00FF: what Safe Browsing unescapes and escapes. */
export type ByteString = string

/** The UTF-8 bytes of a text. */
export const bytesOf = (text: string): ByteString =>
  /^[\0-\x7F]*$/.test(text) ? text : Buffer.from(text, "utf8").toString("latin1")

/**
 * Undoes percent-escapes until there are none, `%2541` in two steps. Escapes never overlap, so undoing each as
 * soon as it is complete gives the same as going over the whole again and again, in one pass.
 */
export function unescapeFully(bytes: ByteString): ByteString {
  if (!bytes.includes("%")) return bytes
  const done = new Uint8Array(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    done[length++] = bytes.charCodeAt(at)
    for (; length >= escapeLength && done[length - escapeLength] === percent; length -= escapeLength - 1) {
      const high = hexDigit(done[length - 2])
      const low = hexDigit(done[length - 1])
      if (high < 0 || low < 0) break
      done[length - escapeLength] = high * 16 + low
    }
  }
  return Buffer.from(done.buffer, 0, length).toString("latin1")
}

const escapeLength = 3
const percent = 0x25

function hexDigit(unit = 0): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30
  const letter = unit | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/** Escapes what Safe Browsing escapes: up to the space, from 127 on, `#` and `%`, in upper-case hexadecimal. */
export const escapeOnce = (bytes: ByteString): string =>
  bytes.replace(
    /[\0-\x20\x7F-\xFF#%]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`
  )
