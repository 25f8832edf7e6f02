import { Curve, proto, type KeyPair } from "@whiskeysockets/baileys"

const { Details } = proto.CertChain.NoiseCertificate

/** The last second a certificate is valid at; the client does not look, a reader of the bytes might. */
const notAfterSeconds = 4_000_000_000

/**
 * The certificate chain that the server sends inside its hello: an intermediate signed by `root`, and a leaf for
 * the server's Noise key signed by the intermediate. The client checks both signatures, and that the
 * intermediate was issued by serial 0, the root.
 */
export const certificateChain = (root: KeyPair, staticPublicKey: Uint8Array): Uint8Array => {
  const intermediate = Curve.generateKeyPair()
  const intermediateDetails = Details.encode({
    serial: 1,
    issuerSerial: 0,
    key: intermediate.public,
    notBefore: 0,
    notAfter: notAfterSeconds
  }).finish()
  const leafDetails = Details.encode({
    serial: 2,
    issuerSerial: 1,
    key: staticPublicKey,
    notBefore: 0,
    notAfter: notAfterSeconds
  }).finish()
  return proto.CertChain.encode({
    intermediate: { details: intermediateDetails, signature: Curve.sign(root.private, intermediateDetails) },
    leaf: { details: leafDetails, signature: Curve.sign(intermediate.private, leafDetails) }
  }).finish()
}
