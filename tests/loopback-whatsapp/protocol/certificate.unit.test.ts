import { Curve, generateSignalPubKey, proto } from "@whiskeysockets/baileys"
import { verifySignature } from "libsignal/src/curve.js"
import { expect, it } from "vitest"
import { certificateChain } from "./certificate.ts"

// Baileys' own Curve.verify is of no use here: in 7.0.0-rc14 with libsignal 6.0.0 it is true for any 64 bytes.
const isSigned = (key: Uint8Array, { details, signature }: proto.CertChain.INoiseCertificate): boolean =>
  verifySignature(generateSignalPubKey(key), Buffer.from(details ?? []), Buffer.from(signature ?? []))

const keyIn = ({ details }: proto.CertChain.INoiseCertificate): Uint8Array =>
  proto.CertChain.NoiseCertificate.Details.decode(details ?? new Uint8Array()).key ?? new Uint8Array()

it("A chain certifies the server's key by the root, through an intermediate", () => {
  const [root, other, server] = [Curve.generateKeyPair(), Curve.generateKeyPair(), Curve.generateKeyPair()]
  const { intermediate, leaf } = proto.CertChain.decode(certificateChain(root, server.public))
  expect(isSigned(root.public, intermediate!)).toBe(true)
  expect(isSigned(other.public, intermediate!)).toBe(false)
  expect(isSigned(keyIn(intermediate!), leaf!)).toBe(true)
  expect(Buffer.from(keyIn(leaf!))).toEqual(Buffer.from(server.public))
})

it("Baileys takes any 64 bytes for a signature, so that it trusts every server that it can talk to", () => {
  const { public: key } = Curve.generateKeyPair()
  expect(Curve.verify(key, Buffer.from("anything"), Buffer.alloc(64, 7))).toBe(true)
  expect(verifySignature(generateSignalPubKey(key), Buffer.from("anything"), Buffer.alloc(64, 7))).toBe(false)
})
