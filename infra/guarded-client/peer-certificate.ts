/** What the certificate of a server says, whether or not it is trusted. */
import type { X509Certificate } from "node:crypto"
import type { Socket } from "node:net"
import type { TLSSocket } from "node:tls"
import { addressBytes } from "./address-bytes.ts"

export interface PeerCertificate {
  /** Milliseconds since the epoch; it holds from the one to the other. */
  readonly validFrom: number
  readonly validTo: number
  /** Names and addresses that it is for, as they stand in it: the first of them. */
  readonly names: ReadonlyArray<string>
  /** Who signed it, as that one calls itself; empty where it says nothing. */
  readonly issuer: string
  readonly isSelfSigned: boolean
  readonly isForHost: boolean
  /** Whether a certificate authority that Node knows vouches for it; says nothing of the host's name. */
  readonly isTrusted: boolean
}

/** More names than these are not told: a certificate may hold a hundred. */
const namesMax = 10
/** What a stranger may call itself. */
const issuerLengthMax = 100

/** By Node, where nothing is wrong but the name. */
const wrongName = "ERR_TLS_CERT_ALTNAME_INVALID"

/** `C=US\nO=Let's Encrypt\nCN=R11`: the organisation, or else the name. */
const issuerOf = ({ issuer }: X509Certificate): string => {
  const field = (name: string) => new RegExp(`^${name}=(.+)$`, "m").exec(issuer)?.[1]
  return (field("O") ?? field("CN") ?? "").slice(0, issuerLengthMax)
}

/** `DNS:example.com, IP Address:192.0.2.7` */
const namesOf = ({ subjectAltName = "" }: X509Certificate): ReadonlyArray<string> =>
  subjectAltName.split(", ", namesMax).flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? [])

const isFor = (certificate: X509Certificate, host: string): boolean =>
  (addressBytes(host) === undefined ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined

const isEncrypted = (socket: Socket): socket is TLSSocket => "getPeerX509Certificate" in socket

/** Reads the certificate of a connection to a host; `undefined` where the server showed none. */
export const peerCertificateOf = (socket: Socket, host: string): PeerCertificate | undefined => {
  if (!isEncrypted(socket)) return undefined
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return undefined
  return {
    validFrom: certificate.validFromDate.getTime(),
    validTo: certificate.validToDate.getTime(),
    names: namesOf(certificate),
    issuer: issuerOf(certificate),
    isSelfSigned: certificate.checkIssued(certificate),
    isForHost: isFor(certificate, host.replace(/\.$/, "")),
    isTrusted: socket.authorized || String(socket.authorizationError) === wrongName
  }
}
