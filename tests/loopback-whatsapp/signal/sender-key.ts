import {
  aesDecryptWithIV,
  aesEncrypWithIV,
  Curve,
  generateSignalPubKey,
  hkdf,
  hmacSign,
  proto,
  type KeyPair
} from "@whiskeysockets/baileys"
import { calculateSignature, verifySignature } from "whatsapp-rust-bridge"

/** Version 3 of the protocol in both halves of a byte, as every message begins. */
const versionByte = Buffer.from([0x33])
const signatureLength = 64
/** How far ahead of the last message a sender may be: the limit that Signal's own implementations use. */
const stepsAheadMax = 2000

interface Chain {
  readonly keyId: number
  readonly signingKey: Uint8Array
  key: Buffer
  iteration: number
  /** Message keys of iterations that were passed over. */
  readonly skipped: Map<number, Buffer>
}

interface MessageKey {
  readonly iv: Buffer
  readonly cipherKey: Buffer
}

const messageKey = (seed: Buffer): MessageKey => {
  const derived = Buffer.from(hkdf(seed, 64, { salt: Buffer.alloc(32), info: "WhisperGroup" }))
  return { iv: derived.subarray(0, 16), cipherKey: derived.subarray(16, 48) }
}

/** Takes the seed of the chain's present iteration and moves the chain on. */
const step = (chain: Chain): Buffer => {
  const seed = hmacSign(Buffer.from([1]), chain.key)
  chain.key = hmacSign(Buffer.from([2]), chain.key)
  chain.iteration += 1
  return seed
}

/** What a device sends under in one group: the sending half of a sender key. */
export interface SenderKey {
  /** The message that lets others read what is sent from now on. */
  readonly distribution: () => Buffer
  readonly encrypt: (plaintext: Uint8Array) => Buffer
}

export const makeSenderKey = (keyId: number): SenderKey => {
  const signing: KeyPair = Curve.generateKeyPair()
  const chain: Chain = {
    keyId,
    signingKey: signing.public,
    key: Buffer.from(Curve.generateKeyPair().private),
    iteration: 0,
    skipped: new Map()
  }
  return {
    distribution: () =>
      Buffer.concat([
        versionByte,
        proto.SenderKeyDistributionMessage.encode({
          id: keyId,
          iteration: chain.iteration,
          chainKey: chain.key,
          signingKey: generateSignalPubKey(signing.public)
        }).finish()
      ]),
    encrypt: (plaintext) => {
      const { iteration } = chain
      const { iv, cipherKey } = messageKey(step(chain))
      const signed = Buffer.concat([
        versionByte,
        proto.SenderKeyMessage.encode({
          id: keyId,
          iteration,
          ciphertext: aesEncrypWithIV(Buffer.from(plaintext), cipherKey, iv)
        }).finish()
      ])
      return Buffer.concat([signed, calculateSignature(signing.private, signed)])
    }
  }
}

/** The sender keys of others that a device was given, by group and sender. */
export interface SenderKeysOfOthers {
  readonly learn: (name: string, distribution: Uint8Array) => void
  readonly decrypt: (name: string, message: Uint8Array) => Buffer
  readonly forget: (name: string) => void
}

const seedOf = (chain: Chain, iteration: number): Buffer => {
  if (iteration < chain.iteration) {
    const seed = chain.skipped.get(iteration)
    if (seed === undefined)
      throw new Error(`expected a group message not yet read, found iteration ${iteration} again`)
    chain.skipped.delete(iteration)
    return seed
  }
  if (iteration - chain.iteration > stepsAheadMax)
    throw new Error(`expected at most ${stepsAheadMax} messages ahead, found ${iteration - chain.iteration}`)
  while (chain.iteration < iteration) chain.skipped.set(chain.iteration, step(chain))
  return step(chain)
}

export const makeSenderKeysOfOthers = (): SenderKeysOfOthers => {
  const known = new Map<string, Chain[]>()
  return {
    learn: (name, distribution) => {
      const { id, iteration, chainKey, signingKey } = proto.SenderKeyDistributionMessage.decode(
        distribution.subarray(1)
      )
      const keyId = id ?? 0
      const signing = Buffer.from(signingKey ?? [])
      // A distribution of a chain already known would throw away the keys of messages still on their way.
      if (known.get(name)?.some((chain) => chain.keyId === keyId && signing.equals(chain.signingKey))) return
      const chain: Chain = {
        keyId,
        signingKey: signing,
        key: Buffer.from(chainKey ?? []),
        iteration: iteration ?? 0,
        skipped: new Map()
      }
      const others = (known.get(name) ?? []).filter((other) => other.keyId !== keyId)
      known.set(name, [...others, chain])
    },
    decrypt: (name, message) => {
      const signed = Buffer.from(message.subarray(0, -signatureLength))
      const { id, iteration, ciphertext } = proto.SenderKeyMessage.decode(signed.subarray(1))
      const chain = known.get(name)?.find(({ keyId }) => keyId === id)
      if (chain === undefined) throw new Error(`expected sender key ${id} of ${name}, found none`)
      if (!verifySignature(chain.signingKey, signed, message.subarray(-signatureLength)))
        throw new Error(`expected a group message signed by ${name}, found another signature`)
      const { iv, cipherKey } = messageKey(seedOf(chain, iteration ?? 0))
      return aesDecryptWithIV(Buffer.from(ciphertext ?? []), cipherKey, iv)
    },
    forget: (name) => {
      known.delete(name)
    }
  }
}
