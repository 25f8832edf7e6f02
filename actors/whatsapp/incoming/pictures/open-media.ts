/** Opening a medium as WhatsApp encrypts it: AES-256 in CBC mode, and ten bytes of a signature behind it. */
import { createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from "node:crypto"
import type { Picture } from "./picture.ts"

const keyNames = { image: "WhatsApp Image Keys", document: "WhatsApp Document Keys" } as const

const keyBytes = 32
const ivBytes = 16
const signatureBytes = 10

/** What it was before it was encrypted; `undefined` where it is not what was signed with the key. */
export const openMedia = (
  file: Uint8Array,
  { key, media }: Pick<Picture, "key" | "media">
): Buffer | undefined => {
  const keys = Buffer.from(hkdfSync("sha256", key, "", keyNames[media], ivBytes + 2 * keyBytes))
  const iv = keys.subarray(0, ivBytes)
  const encrypted = file.subarray(0, -signatureBytes)
  const signature = createHmac("sha256", keys.subarray(ivBytes + keyBytes))
    .update(iv)
    .update(encrypted)
    .digest()
    .subarray(0, signatureBytes)
  const found = file.subarray(-signatureBytes)
  if (found.length !== signatureBytes || !timingSafeEqual(signature, found)) return undefined
  try {
    const decipher = createDecipheriv("aes-256-cbc", keys.subarray(ivBytes, ivBytes + keyBytes), iv)
    return Buffer.concat([decipher.update(encrypted), decipher.final()])
  } catch {
    return undefined
  }
}
