/**
 * Sealing and opening: AES-256-GCM (NIST SP 800-38D) under a key joined from all owners' keys (HKDF, RFC 5869);
 * and hashing under a key that is joined in the same way (HMAC-SHA-256, RFC 2104).
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomFillSync
} from "node:crypto"

// Keys are handed over as key objects: of bytes Node finds out by an error that they are none, and that takes it
// longer than all the rest of sealing or hashing a text.

const nonceBytes = 12
const tagBytes = 16

export interface DataKey {
  /** A random name that says nothing about its owner. */
  readonly id: string
  readonly secret: Buffer
}

/** One key from several, so that losing any of them loses the joined one. */
export const joinKeys = (keys: ReadonlyArray<DataKey>): KeyObject =>
  createSecretKey(keys.length === 1 ? keys[0]!.secret : derived(keys, "wadjet joined data key"))

/** The key of {@link hashText}, gone with any one of the keys that it comes from. */
export const hashKeyOf = (keys: ReadonlyArray<DataKey>): KeyObject =>
  createSecretKey(derived(keys, "wadjet hash key"))

const derived = (keys: ReadonlyArray<DataKey>, use: string): Buffer =>
  Buffer.from(hkdfSync("sha256", Buffer.concat(keys.map((key) => key.secret)), Buffer.alloc(0), use, 32))

/** 160 bits, as many as any other id has. */
const hashHexDigits = 40

export const hashText = (key: KeyObject, text: string): string =>
  createHmac("sha256", key).update(text, "utf8").digest("hex").slice(0, hashHexDigits)

/** Random bytes are drawn for many nonces at once: each draw costs as much as sealing a short text. */
const noncePool = Buffer.alloc(256 * nonceBytes)
let nextNonce = noncePool.length

/** A nonce that was given to nobody before. */
const freshNonce = (): Buffer => {
  if (nextNonce === noncePool.length) {
    randomFillSync(noncePool)
    nextNonce = 0
  }
  const nonce = Buffer.from(noncePool.subarray(nextNonce, nextNonce + nonceBytes))
  nextNonce += nonceBytes
  return nonce
}

/** `s1:<key ids joined by a dot>:<base64url of nonce, tag, cipher text>`; the key ids are authenticated too. */
export const sealText = (ids: string, secret: KeyObject, plain: string): string => {
  const nonce = freshNonce()
  const cipher = createCipheriv("aes-256-gcm", secret, nonce)
  cipher.setAAD(Buffer.from(ids))
  const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()])
  return `s1:${ids}:${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url")}`
}

const version = "s1:"

/** The key ids of a sealed text, joined by a dot, or `undefined` where it is none. */
export const keyIdsOf = (sealed: string): string | undefined => {
  const end = sealed.indexOf(":", version.length)
  return sealed.startsWith(version) && end !== -1 ? sealed.slice(version.length, end) : undefined
}

/** The plain text. Throws where the text was changed or the key is another one. */
export const openText = (sealed: string, secret: KeyObject): string => {
  const end = sealed.indexOf(":", version.length)
  const bytes = Buffer.from(sealed.slice(end + 1), "base64url")
  const decipher = createDecipheriv("aes-256-gcm", secret, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes
  })
  decipher.setAAD(Buffer.from(sealed.slice(version.length, end)))
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
  // As bytes first: asked for text, Node makes a decoder for each call, which takes as long as the deciphering.
  const plain = decipher.update(bytes.subarray(nonceBytes + tagBytes))
  // Nothing is left by then; it is what compares the tag.
  decipher.final()
  return plain.toString("utf8")
}
