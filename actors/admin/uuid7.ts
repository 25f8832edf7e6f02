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
  const digits = bytes.toString("hex")
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20)
  ].join("-")
}
