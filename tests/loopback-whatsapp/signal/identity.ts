import {
  Curve,
  generateSignalPubKey,
  signedKeyPair,
  type KeyPair,
  type SignedKeyPair
} from "@whiskeysockets/baileys"
import {
  SessionBuilder,
  SessionCipher,
  ProtocolAddress,
  type SessionRecord,
  type SignalStorage
} from "libsignal"

/** What others need to open a session with a device; public keys are 32 bytes. */
export interface Bundle {
  readonly registrationId: number
  readonly identityKey: Uint8Array
  readonly signedPreKey: {
    readonly keyId: number
    readonly publicKey: Uint8Array
    readonly signature: Uint8Array
  }
  readonly preKey: { readonly keyId: number; readonly publicKey: Uint8Array } | undefined
}

/** A ciphertext as an `enc` node carries it. */
export interface Ciphertext {
  readonly type: "msg" | "pkmsg"
  readonly content: Buffer
}

/** The Signal keys and sessions of one simulated device. Peers are named by strings of the caller's choice. */
export interface SignalIdentity {
  readonly publicKey: Uint8Array
  readonly registrationId: number
  /** A bundle with a one-time key that nobody else gets. */
  readonly bundle: () => Bundle
  readonly hasSession: (peer: string) => boolean
  readonly forgetSession: (peer: string) => void
  readonly startSession: (peer: string, bundle: Bundle) => Promise<void>
  readonly encrypt: (peer: string, plaintext: Uint8Array) => Promise<Ciphertext>
  readonly decrypt: (peer: string, ciphertext: Ciphertext) => Promise<Buffer>
}

type OutgoingSession = Parameters<SessionBuilder["initOutgoing"]>[0]

const outgoing = ({ registrationId, identityKey, signedPreKey, preKey }: Bundle): OutgoingSession => {
  const session = {
    registrationId,
    identityKey: generateSignalPubKey(identityKey),
    signedPreKey: { ...signedPreKey, publicKey: generateSignalPubKey(signedPreKey.publicKey) }
  }
  if (preKey === undefined) {
    // libsignal takes a bundle without a one-time key; its types do not say so.
    return session as OutgoingSession
  }
  return { ...session, preKey: { keyId: preKey.keyId, publicKey: generateSignalPubKey(preKey.publicKey) } }
}

const raw = (pair: KeyPair): { privKey: Buffer; pubKey: Buffer } => ({
  privKey: Buffer.from(pair.private),
  pubKey: Buffer.from(generateSignalPubKey(pair.public))
})

/** A new identity; `own` keeps its sessions apart from those of every other identity in this process. */
export const makeSignalIdentity = (
  own: string,
  registrationId: number,
  identity: KeyPair
): SignalIdentity => {
  const signedPreKey: SignedKeyPair = signedKeyPair(identity, 1)
  const preKeys = new Map<number, KeyPair>()
  const sessions = new Map<string, SessionRecord>()
  let nextPreKeyId = 1

  const storage: SignalStorage = {
    loadSession: async (id) => sessions.get(id),
    storeSession: async (id, record) => {
      sessions.set(id, record)
    },
    isTrustedIdentity: () => true,
    loadPreKey: async (id) => {
      const pair = preKeys.get(Number(id))
      return pair === undefined ? undefined : raw(pair)
    },
    removePreKey: (id) => {
      preKeys.delete(id)
    },
    loadSignedPreKey: () => raw(signedPreKey.keyPair),
    getOurRegistrationId: () => registrationId,
    getOurIdentity: () => raw(identity)
  }
  // libsignal queues work by this name for the whole process, so it must name both ends.
  const at = (peer: string): ProtocolAddress => new ProtocolAddress(`${own}>${peer}`, 0)
  const key = (peer: string): string => at(peer).toString()

  return {
    publicKey: identity.public,
    registrationId,
    bundle: () => {
      const keyId = nextPreKeyId++
      const pair = Curve.generateKeyPair()
      preKeys.set(keyId, pair)
      return {
        registrationId,
        identityKey: identity.public,
        signedPreKey: {
          keyId: signedPreKey.keyId,
          publicKey: signedPreKey.keyPair.public,
          signature: signedPreKey.signature
        },
        preKey: { keyId, publicKey: pair.public }
      }
    },
    hasSession: (peer) => sessions.get(key(peer))?.haveOpenSession() ?? false,
    forgetSession: (peer) => {
      sessions.delete(key(peer))
    },
    startSession: (peer, bundle) => new SessionBuilder(storage, at(peer)).initOutgoing(outgoing(bundle)),
    encrypt: async (peer, plaintext) => {
      const { type, body } = await new SessionCipher(storage, at(peer)).encrypt(Buffer.from(plaintext))
      return { type: type === 3 ? "pkmsg" : "msg", content: Buffer.from(body, "binary") }
    },
    decrypt: (peer, { type, content }) => {
      const cipher = new SessionCipher(storage, at(peer))
      return type === "pkmsg"
        ? cipher.decryptPreKeyWhisperMessage(content)
        : cipher.decryptWhisperMessage(content)
    }
  }
}
