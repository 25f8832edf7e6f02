/** How files of well-known types begin. */

/** The bytes that stand at a place; each of several will do. */
interface Signature {
  readonly at: number
  readonly anyOf: ReadonlyArray<Uint8Array>
}

const ascii = (...texts: ReadonlyArray<string>) => texts.map((text) => Buffer.from(text, "latin1"))

/** By type. What is not here is what whoever asks says it is. */
const signatures: Readonly<Record<string, Signature>> = {
  "image/jpeg": { at: 0, anyOf: ascii("\xff\xd8\xff") },
  "image/png": { at: 0, anyOf: ascii("\x89PNG\r\n\x1a\n") },
  "image/gif": { at: 0, anyOf: ascii("GIF87a", "GIF89a") },
  "image/webp": { at: 8, anyOf: ascii("WEBP") },
  "video/mp4": { at: 4, anyOf: ascii("ftyp") },
  "video/3gpp": { at: 4, anyOf: ascii("ftyp") },
  "audio/mp4": { at: 4, anyOf: ascii("ftyp") },
  "audio/ogg": { at: 0, anyOf: ascii("OggS") },
  "application/pdf": { at: 0, anyOf: ascii("%PDF-") },
  "application/zip": { at: 0, anyOf: ascii("PK\x03\x04", "PK\x05\x06") }
}

/** As many bytes of a file as tell its type. */
export const signatureBytes = 16

/** Whether a file that begins like this may be of a type. */
export const beginsLike = (mime: string, beginning: Uint8Array): boolean => {
  const signature = signatures[mime.toLowerCase()]
  return (
    signature === undefined ||
    signature.anyOf.some((bytes) =>
      Buffer.from(beginning.subarray(signature.at, signature.at + bytes.length)).equals(bytes)
    )
  )
}
