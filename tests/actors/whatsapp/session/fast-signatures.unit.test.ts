import { createRequire } from "node:module"
import { randomBytes } from "node:crypto"
import fc from "fast-check"
import { beforeAll, expect, test } from "vitest"
import {
  fastSignatures,
  hastenSignatures,
  type Signatures
} from "../../../../actors/whatsapp/session/fast-signatures.ts"

const fromSignal = createRequire(createRequire(import.meta.url).resolve("libsignal"))
const theirs = fromSignal("curve25519-js") as Signatures
/** As it is where nobody changed it. */
const slow: Signatures = { sign: theirs.sign, verify: theirs.verify }
const curve = fromSignal("./src/curve.js") as {
  readonly generateKeyPair: () => { readonly pubKey: Buffer; readonly privKey: Buffer }
  readonly calculateSignature: (privateKey: Buffer, message: Buffer) => Buffer
  readonly verifySignature: (publicKey: Buffer, message: Buffer, signature: Buffer) => boolean
}

let fast: Signatures
beforeAll(async () => {
  fast = await fastSignatures()
})

const { privKey, pubKey } = curve.generateKeyPair()
const publicKey = pubKey.subarray(1)
const signed = (message: Buffer, by: Signatures) => Buffer.from(by.sign(privKey, message))

/** With one bit changed. */
const changed = (bytes: Uint8Array, bit: number) => {
  const other = Buffer.from(bytes)
  const at = Math.floor(bit / 8) % other.length
  other[at] = other[at]! ^ (1 << (bit % 8))
  return other
}

test("what either signs, the other takes as signed", () => {
  for (const length of [0, 1, 63, 64, 65, 1_000]) {
    const message = randomBytes(length)
    expect(fast.verify(publicKey, message, signed(message, slow))).toBe(true)
    expect(slow.verify(publicKey, message, signed(message, fast))).toBe(true)
    expect(fast.verify(publicKey, message, signed(message, fast))).toBe(true)
  }
})

/** Milliseconds of processor time that one check takes. */
const costOf = (signatures: Signatures, times: number) => {
  const message = randomBytes(150)
  const signature = signed(message, slow)
  const before = process.cpuUsage()
  for (let n = 0; n < times; n++) signatures.verify(publicKey, message, signature)
  const { system, user } = process.cpuUsage(before)
  return (system + user) / 1_000 / times
}

test("what a check costs is printed", () => {
  const [before, after] = [costOf(slow, 20), costOf(fast, 200)]
  console.log(
    `a signature's check: ${before.toFixed(2)} ms in JavaScript, ${after.toFixed(2)} ms in WebAssembly`
  )
  expect(after).toBeGreaterThan(0)
})

test("one bit of the key, the message or the signature that is another makes it false, for both", () => {
  const message = randomBytes(80)
  const signature = signed(message, slow)
  fc.assert(
    fc.property(fc.constantFrom("key", "message", "signature"), fc.nat(511), (what, bit) => {
      const key = what === "key" ? changed(publicKey, bit) : publicKey
      const said = what === "message" ? changed(message, bit) : message
      const sealed = what === "signature" ? changed(signature, bit) : signature
      // Of a public key the topmost bit says nothing: both pass over it.
      const isSame = what === "key" && bit % 256 === 255
      expect(fast.verify(key, said, sealed)).toBe(isSame)
      expect(slow.verify(key, said, sealed)).toBe(isSame)
    }),
    { numRuns: 60 }
  )
})

test("somebody else's key, a signature of another length and a key that is none are false", () => {
  const message = randomBytes(80)
  const signature = signed(message, slow)
  expect(fast.verify(curve.generateKeyPair().pubKey.subarray(1), message, signature)).toBe(false)
  expect(fast.verify(publicKey, message, signature.subarray(1))).toBe(false)
  expect(fast.verify(Buffer.alloc(31), message, signature)).toBe(false)
  expect(fast.verify(Buffer.alloc(32), message, Buffer.alloc(64))).toBe(false)
})

test("libsignal signs and checks by it once it is hastened, and refuses what it refused", async () => {
  await hastenSignatures()
  expect(theirs.verify).not.toBe(slow.verify)
  const message = randomBytes(80)
  const signature = curve.calculateSignature(privKey, message)
  expect(slow.verify(publicKey, message, signature)).toBe(true)
  expect(curve.verifySignature(pubKey, message, signature)).toBe(true)
  expect(curve.verifySignature(pubKey, changed(message, 7), signature)).toBe(false)
  expect(curve.verifySignature(pubKey, message, changed(signature, 7))).toBe(false)
})
