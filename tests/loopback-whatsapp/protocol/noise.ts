import {
  aesDecryptGCM,
  aesEncryptGCM,
  Curve,
  hkdf,
  NOISE_MODE,
  NOISE_WA_HEADER,
  proto,
  sha256,
  type KeyPair
} from "@whiskeysockets/baileys"
import { certificateChain } from "./certificate.ts"

const nothing = Buffer.alloc(0)

/** The 12-byte nonce of the `counter`-th message under one key. */
const nonce = (counter: number): Buffer => {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt32BE(counter, 8)
  return bytes
}

/** What seals and opens frames once the handshake is over. */
export interface Transport {
  readonly seal: (plaintext: Uint8Array) => Buffer
  readonly open: (ciphertext: Uint8Array) => Buffer
}

/** What the client said in its last handshake message. */
export interface Introduction {
  readonly transport: Transport
  readonly staticKey: Buffer
  readonly payload: proto.ClientPayload
}

export interface Responder {
  /** Answers the client's first frame with the server's hello. */
  readonly hello: (frame: Uint8Array) => Uint8Array
  /** Reads the client's second and last handshake frame. */
  readonly finish: (frame: Uint8Array) => Introduction
}

const transport = (receiveKey: Uint8Array, sendKey: Uint8Array): Transport => {
  let received = 0
  let sent = 0
  return {
    seal: (plaintext) => aesEncryptGCM(plaintext, sendKey, nonce(sent++), nothing),
    open: (ciphertext) => aesDecryptGCM(ciphertext, receiveKey, nonce(received++), nothing)
  }
}

/** The running hash, salt and key of a handshake: the symmetric state of the Noise specification, chapter 5.2. */
const symmetricState = () => {
  let hash: Buffer = Buffer.from(NOISE_MODE)
  let salt: Uint8Array = hash
  let key: Uint8Array = hash
  let counter = 0
  const absorb = (data: Uint8Array): void => {
    hash = sha256(Buffer.concat([hash, data]))
  }
  const derive = (input: Uint8Array): [Uint8Array, Uint8Array] => {
    const bytes = hkdf(input, 64, { salt: Buffer.from(salt), info: "" })
    return [bytes.subarray(0, 32), bytes.subarray(32)]
  }
  return {
    absorb,
    mix: (input: Uint8Array): void => {
      ;[salt, key] = derive(input)
      counter = 0
    },
    seal: (plaintext: Uint8Array): Buffer => {
      const sealed = aesEncryptGCM(plaintext, key, nonce(counter++), hash)
      absorb(sealed)
      return sealed
    },
    open: (ciphertext: Uint8Array): Buffer => {
      const opened = aesDecryptGCM(ciphertext, key, nonce(counter++), hash)
      absorb(ciphertext)
      return opened
    },
    split: (): [Uint8Array, Uint8Array] => derive(nothing)
  }
}

/** The server's side of `Noise_XX_25519_AESGCM_SHA256` as WhatsApp uses it, certified by `root`. */
export const noiseResponder = (root: KeyPair): Responder => {
  const state = symmetricState()
  const staticKey = Curve.generateKeyPair()
  const ephemeral = Curve.generateKeyPair()
  return {
    hello: (frame) => {
      const clientEphemeral = proto.HandshakeMessage.decode(frame).clientHello?.ephemeral
      if (!clientEphemeral) throw new Error("expected a client hello with an ephemeral key, found none")
      state.absorb(NOISE_WA_HEADER)
      state.absorb(clientEphemeral)
      state.absorb(ephemeral.public)
      state.mix(Curve.sharedKey(ephemeral.private, clientEphemeral))
      const sealedStatic = state.seal(staticKey.public)
      state.mix(Curve.sharedKey(staticKey.private, clientEphemeral))
      const payload = state.seal(certificateChain(root, staticKey.public))
      return proto.HandshakeMessage.encode({
        serverHello: { ephemeral: ephemeral.public, static: sealedStatic, payload }
      }).finish()
    },
    finish: (frame) => {
      const { clientFinish } = proto.HandshakeMessage.decode(frame)
      if (!clientFinish?.static || !clientFinish.payload)
        throw new Error("expected a client finish with a static key and a payload, found none")
      const clientStatic = state.open(clientFinish.static)
      state.mix(Curve.sharedKey(ephemeral.private, clientStatic))
      const payload = proto.ClientPayload.decode(state.open(clientFinish.payload))
      const [fromClient, toClient] = state.split()
      return { transport: transport(fromClient, toClient), staticKey: clientStatic, payload }
    }
  }
}
