/**
 * libsignal checks each group message's signature in JavaScript, which takes two thirds of what such a message
 * costs. The same check in WebAssembly, which Baileys brings along, takes a hundredth of it.
 *
 * @see https://signal.org/docs/specifications/xeddsa/
 */
import { createRequire } from "node:module"

/** What libsignal calls. Keys are 32 bytes, signatures 64. */
export interface Signatures {
  sign: (privateKey: Uint8Array, message: Uint8Array) => Uint8Array
  /** Whether somebody who has the key signed this very message. */
  verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean
}

const isSignatures = (it: unknown): it is Signatures =>
  typeof it === "object" &&
  it !== null &&
  "sign" in it &&
  typeof it.sign === "function" &&
  "verify" in it &&
  typeof it.verify === "function"

/** The module in which the libsignal of our Baileys finds its signatures. */
const slowSignatures = (): Signatures => {
  const baileys = createRequire(import.meta.resolve("@whiskeysockets/baileys"))
  const found: unknown = createRequire(baileys.resolve("libsignal"))("curve25519-js")
  if (!isSignatures(found)) throw new Error("expected curve25519-js with sign and verify, found neither")
  return found
}

/** The same in WebAssembly. What cannot be checked was not signed. */
export const fastSignatures = async (): Promise<Signatures> => {
  const { calculateSignature, verifySignature } = await import("whatsapp-rust-bridge")
  return {
    sign: calculateSignature,
    verify: (publicKey, message, signature) => {
      try {
        return verifySignature(publicKey, message, signature)
      } catch {
        return false
      }
    }
  }
}

/** Has libsignal use it from now on, for the life of the process. */
export const hastenSignatures = async (signatures: Signatures = slowSignatures()): Promise<void> => {
  Object.assign(signatures, await fastSignatures())
}
