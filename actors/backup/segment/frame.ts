/**
 * What every object of a backup looks like from outside: a line that says what it is, a header in the clear, the
 * digest of both, and the sealed body. Every bit of it is under a digest, so that damage is found without any key.
 *
 * | bytes | what |
 * |---|---|
 * | 16 | `wadjet backup 1\n` |
 * | 4 | the header's length, big-endian |
 * | … | the header, JSON: what the body is, how long, and its SHA-256 |
 * | 32 | SHA-256 of all before: by it the object is known |
 * | … | the body |
 */
import { createHash } from "node:crypto"
import { Schema } from "effect"

const firstLine = Buffer.from("wadjet backup 1\n")
const lengthBytes = 4
const digestBytes = 32
/** No header of ours comes near this: a larger length is damage. */
const headerBytesMax = 65_536

/** Which part of an object does not hold what it should. */
export const DamagedPart = Schema.Literals(["beginning", "header", "body", "content", "place"])
export type DamagedPart = typeof DamagedPart.Type

/** An object of a backup is not what was stored, or not where it was stored. */
export class Damaged extends Schema.TaggedError<Damaged>()("Damaged", {
  part: DamagedPart,
  message: Schema.String
}) {}

export const damaged = (part: DamagedPart, expected: string, found: string): Damaged =>
  new Damaged({ part, message: `expected ${expected}, found ${found}` })

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

const Digest = Schema.String.pipe(Schema.check(Schema.isPattern(/^[0-9a-f]{64}$/)))
/** How many bytes something has, and their SHA-256. */
export const Extent = Schema.Struct({ bytes: Schema.Int, sha256: Digest })
export type Extent = typeof Extent.Type
export { Digest }

export const extentOf = (bytes: Uint8Array): Extent => ({ bytes: bytes.length, sha256: sha256(bytes) })

export interface Framed<H> {
  readonly header: H
  /** The digest that the object is known by, in hexadecimal. */
  readonly digest: string
  readonly body: Buffer
}

/** Puts an object together. */
export const frame = (header: object, body: Uint8Array): Buffer => {
  const json = Buffer.from(JSON.stringify({ ...header, body: extentOf(body) }))
  const length = Buffer.allocUnsafe(lengthBytes)
  length.writeUInt32BE(json.length)
  const head = Buffer.concat([firstLine, length, json])
  return Buffer.concat([head, createHash("sha256").update(head).digest(), body])
}

const parse = (json: Buffer): unknown => {
  try {
    return JSON.parse(json.toString("utf8"))
  } catch {
    return undefined
  }
}

/** Takes an object apart and holds every part of it against its digest. Throws `Damaged`, which says what is not right. */
export const unframe = <H extends { readonly body: Extent }>(
  bytes: Buffer,
  header: Schema.Codec<H, unknown>
): Framed<H> => {
  const headerFrom = firstLine.length + lengthBytes
  if (bytes.length < headerFrom || !bytes.subarray(0, firstLine.length).equals(firstLine))
    throw damaged("beginning", "an object of a backup, version 1", `${bytes.length} bytes of something else`)
  const headerBytes = bytes.readUInt32BE(firstLine.length)
  const bodyFrom = headerFrom + headerBytes + digestBytes
  if (headerBytes > headerBytesMax || bodyFrom > bytes.length)
    throw damaged("header", `a header of ${headerBytes} bytes and its digest`, `${bytes.length} bytes in all`)
  const head = bytes.subarray(0, headerFrom + headerBytes)
  const digest = bytes.subarray(head.length, bodyFrom).toString("hex")
  const found = sha256(head)
  if (found !== digest) throw damaged("header", `a header with the digest ${digest}`, found)
  const decoded = Schema.decodeUnknownResult(header)(parse(head.subarray(headerFrom)))
  if (decoded._tag === "Failure") throw damaged("header", "a header of this version", String(decoded.failure))
  const body = bytes.subarray(bodyFrom)
  const { bytes: length, sha256: bodyDigest } = decoded.success.body
  if (body.length !== length) throw damaged("body", `a body of ${length} bytes`, `${body.length}`)
  const bodyFound = sha256(body)
  if (bodyFound !== bodyDigest) throw damaged("body", `a body with the digest ${bodyDigest}`, bodyFound)
  return { header: decoded.success, digest, body }
}
