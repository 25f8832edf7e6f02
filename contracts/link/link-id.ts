import { createHmac, createSecretKey, type KeyObject } from "node:crypto"

/** Bytes in a key for {@link linkId}. */
export const linkKeyBytes = 32

/**
 * The key of computations that have no keyring, such as `wadjet batch`: all zero. Its ids are
 * comparable between machines and hide nothing; the log never uses it.
 */
export const publicLinkKey: Uint8Array = new Uint8Array(linkKeyBytes)

// 160 bits: a collision among a billion links is less likely than a flipped bit, and the id fits one
// subject token of 40 characters.
const linkIdHexDigits = 40

/**
 * The identity of a link: lower-case hex, 40 digits, of HMAC-SHA-256 (RFC 2104) over the canonical
 * URL. It is keyed so that a log without its keyring can't be searched for a known URL; and the keyring
 * destroys its key at each erasure, so that with it nobody can search what came before.
 *
 * @example linkId(publicLinkKey, "https://example.com/")
 */
export function linkId(key: Uint8Array | KeyObject, canonical: string): string {
  // A key object: of bytes Node finds out by an error that they are none, which takes it longer than the hashing.
  return createHmac("sha256", key instanceof Uint8Array ? createSecretKey(key) : key)
    .update(canonical, "utf8")
    .digest("hex")
    .slice(0, linkIdHexDigits)
}
