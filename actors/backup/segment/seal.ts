/**
 * Making bytes small and unreadable, and the way back: zstd, then age. The library is loaded when there is something
 * to seal.
 *
 * @see https://age-encryption.org/v1 (X25519 recipients)
 */
import { promisify } from "node:util"
import { constants, zstdCompress, zstdDecompress } from "node:zlib"
import { Redacted } from "effect"

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** Twice as fast as the library's default, and within a few hundredths as small on JSON. */
const level = 1

/** The public half of an age identity, `age1…`, to which anybody may encrypt. */
export type Recipient = string
/** The private half, `AGE-SECRET-KEY-1…`. */
export type Identity = Redacted.Redacted

const age = () => import("age-encryption")

/** Compresses, and encrypts to all recipients. */
export const seal = async (plain: Uint8Array, recipients: ReadonlyArray<Recipient>): Promise<Buffer> => {
  const { Encrypter } = await age()
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  const small = await compress(plain, { params: { [constants.ZSTD_c_compressionLevel]: level } })
  return Buffer.from(await encrypter.encrypt(small))
}

/** Decrypts, and decompresses to so many bytes and no more. Rejects where either is not possible. */
export const unseal = async (sealed: Uint8Array, identity: Identity, plainBytes: number): Promise<Buffer> => {
  const { Decrypter } = await age()
  const decrypter = new Decrypter()
  decrypter.addIdentity(Redacted.value(identity))
  const small = await decrypter.decrypt(sealed)
  return decompress(small, { maxOutputLength: Math.max(1, plainBytes) })
}

/** The recipient of an identity. */
export const recipientOf = async (identity: Identity): Promise<Recipient> => {
  const { identityToRecipient } = await age()
  return identityToRecipient(Redacted.value(identity))
}
