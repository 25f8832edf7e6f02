/** Secrets that are handed out once and known again by their hash: of keys, of sessions, of one-time links. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto"

/** 256 random bits: no slow hash is needed, and no guess is worth a try. */
const secretBytes = 32

export const hashOfSecret = (secret: string): Buffer => createHash("sha256").update(secret).digest()

/** Compared against where there is no such id, so that an unknown one takes as long as a wrong secret. */
const nobody = Buffer.alloc(secretBytes)

/** Whether a secret is the one of a hash; `undefined` is the hash of none. Takes the same time for each. */
export const isSecretOf = (secret: string, hash: Buffer | undefined): boolean =>
  timingSafeEqual(hashOfSecret(secret), hash ?? nobody)

export const makeSecret = (): string => randomBytes(secretBytes).toString("base64url")

/** `<the 32 digits of an id>_<its secret, base64url>`. */
export const textOf = (id: string, secret: string): string => `${id.replaceAll("-", "")}_${secret}`

const pattern =
  /^([0-9a-f]{8})([0-9a-f]{4})(7[0-9a-f]{3})([89ab][0-9a-f]{3})([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/

/** The id and the secret that a text is made of. */
export const partsOf = (text: string): { readonly id: string; readonly secret: string } | undefined => {
  const match = pattern.exec(text)
  return match === null ? undefined : { id: match.slice(1, 6).join("-"), secret: match[6]! }
}
