/**
 * Making bytes small and unreadable, and the way back: zstd, or gzip where it is asked for, then age. The library is
 * loaded when there is something to seal.
 *
 * @see https://age-encryption.org/v1 (X25519 recipients)
 */
import { promisify } from "node:util"
import { constants, gunzip, gzip, zstdCompress, zstdDecompress } from "node:zlib"
import { Redacted } from "effect"

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)
const compressOlder = promisify(gzip)
const decompressOlder = promisify(gunzip)

/** Twice as fast as the library's default, and within a few hundredths as small on JSON. */
const level = 1

/** The public half of an age identity, `age1…`, to which anybody may encrypt. */
export type Recipient = string
/** The private half, `AGE-SECRET-KEY-1…`. */
export type Identity = Redacted.Redacted

/** How bytes are made small: `gz` takes longer and is larger, and every machine of the last thirty years opens it. */
export const packings = ["zst", "gz"] as const
export type Packing = (typeof packings)[number]

/** What every gzip file begins with (RFC 1952, 2.3.1); no zstd frame does. */
const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

const small = (plain: Uint8Array, packing: Packing): Promise<Buffer> =>
  packing === "gz"
    ? compressOlder(plain)
    : compress(plain, { params: { [constants.ZSTD_c_compressionLevel]: level } })

const age = () => import("age-encryption")

/** Compresses, and encrypts to all recipients. */
export const seal = async (
  plain: Uint8Array,
  recipients: ReadonlyArray<Recipient>,
  packing: Packing = "zst"
): Promise<Buffer> => {
  const { Encrypter } = await age()
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  return Buffer.from(await encrypter.encrypt(await small(plain, packing)))
}

/** Decrypts, and decompresses to so many bytes and no more. Rejects where either is not possible. */
export const unseal = async (sealed: Uint8Array, identity: Identity, plainBytes: number): Promise<Buffer> => {
  const { Decrypter } = await age()
  const decrypter = new Decrypter()
  decrypter.addIdentity(Redacted.value(identity))
  const packed = await decrypter.decrypt(sealed)
  const limits = { maxOutputLength: Math.max(1, plainBytes) }
  return isGzip(packed) ? decompressOlder(packed, limits) : decompress(packed, limits)
}

/** The recipient of an identity. */
export const recipientOf = async (identity: Identity): Promise<Recipient> => {
  const { identityToRecipient } = await age()
  return identityToRecipient(Redacted.value(identity))
}
