/**
 * One-time codes of authenticator apps: six digits, a new one every 30 seconds.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6238
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto"

const stepSeconds = 30
const digits = 6
/** As long as the output of SHA-1, as RFC 4226 asks. */
const secretBytes = 20
/** How many steps a phone's clock may be off, before and after. */
const stepsOff = 1

/** RFC 4648; apps take no other alphabet. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

export const base32 = (bytes: Uint8Array): string => {
  let text = ""
  let [bits, value] = [0, 0]
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(value >>> bits) & 31]
    }
  }
  return bits === 0 ? text : text + alphabet[(value << (5 - bits)) & 31]
}

export const makeTotpSecret = (): Buffer => randomBytes(secretBytes)

export const stepAt = (timeMillis: number): number => Math.floor(timeMillis / (stepSeconds * 1_000))

/** The code of a step. */
export const codeOf = (secret: Uint8Array, step: number, length = digits): string => {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac("sha1", secret).update(counter).digest()
  const offset = mac[mac.length - 1]! & 15
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff
  return String(number % 10 ** length).padStart(length, "0")
}

const same = (one: string, other: string) =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))

/** The step whose code this is, among those that may be now and come after the last one taken. */
export const stepOf = (
  secret: Uint8Array,
  code: string,
  timeMillis: number,
  lastStep: number
): number | undefined => {
  const typed = code.replaceAll(/\s/gu, "")
  if (!/^\d{6}$/u.test(typed)) return undefined
  const now = stepAt(timeMillis)
  let found: number | undefined
  for (let step = now - stepsOff; step <= now + stepsOff; step++)
    if (same(codeOf(secret, step), typed) && step > lastStep) found = step
  return found
}

/**
 * What a QR code says to an authenticator app.
 *
 * @see https://github.com/google/google-authenticator/wiki/Key-Uri-Format
 */
export const totpUri = (name: string, secret: Uint8Array): string =>
  `otpauth://totp/${encodeURIComponent(`Wadjet:${name}`)}?secret=${base32(secret)}&issuer=Wadjet`
