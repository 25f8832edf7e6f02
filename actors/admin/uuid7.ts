/** UUIDs that sort by when they were made. */
import { randomBytes } from "node:crypto"

/**
 * A UUIDv7: 48 bits of the time in milliseconds, and 74 random ones.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export const uuid7 = (timeMillis: number): string => {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(timeMillis, 0, 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return spelled(bytes.toString("hex"))
}

/** A UUID of the same form, the same each time for the same hash, whose time says nothing. */
export const uuidOfHash = (hash: string): string => {
  const bytes = Buffer.from(hash.slice(0, 32), "hex")
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return spelled(bytes.toString("hex"))
}

const spelled = (digits: string): string =>
  [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20)
  ].join("-")
