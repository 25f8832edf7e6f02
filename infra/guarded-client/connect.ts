/** Connections for undici that go to addresses which were judged, and to no other. */
import type { LookupAddress, LookupOptions } from "node:dns"
import type { Socket } from "node:net"
import { callbackify } from "node:util"
import type { buildConnector } from "undici"
import { addressBytes } from "./address-bytes.ts"
import { ConnectionRefused, NameUnresolved, NoCertificate } from "./fetch-failed.ts"
import { judgeAddress } from "./judge-address.ts"
import { judgeName } from "./judge-name.ts"
import { isWebPort, portOf } from "./judge-port.ts"
import type { Refused } from "./judgement.ts"
import { loadUndici } from "./load-undici.ts"
import { type PeerCertificate, peerCertificateOf } from "./peer-certificate.ts"
import type { ResolveName } from "./resolve-name.ts"

export interface ConnectOptions {
  readonly resolve: ResolveName
  /** How long a connection with its handshake may take. */
  readonly connectMillis: number
  /** Certificate authorities in place of Node's own. */
  readonly ca?: string
  /** What a test lets through although the policy refuses its address: a listener of its own on loopback. */
  readonly exempt?: (address: string, port: number) => boolean
}

/** Of what a name resolves to no more than this is tried. */
const addressesMax = 6

/** The refusal of an address on a port, or `undefined`. */
export const refusalOf = (
  address: string,
  port: number,
  exempt: ConnectOptions["exempt"]
): Refused | undefined => {
  const judged = judgeAddress(address)
  if (judged.allowed || (judged.address !== undefined && exempt?.(judged.address, port) === true))
    return undefined
  return judged
}

const insist = (refused: Refused | undefined): void => {
  if (refused !== undefined) throw new ConnectionRefused(refused)
}

/**
 * The addresses to connect to, every one of them judged. One that is refused makes the whole name refused: who mixes
 * public with private addresses wants the private one to be taken.
 */
const judgedAddresses = async (
  host: string,
  port: number,
  { exempt, resolve }: ConnectOptions
): Promise<ReadonlyArray<string>> => {
  if (!isWebPort(port))
    throw new ConnectionRefused({
      allowed: false,
      rule: "port",
      reason: `port ${port} is not one of the web`
    })
  if (addressBytes(host) !== undefined) {
    insist(refusalOf(host, port, exempt))
    return [host]
  }
  const name = judgeName(host)
  if (!name.allowed) throw new ConnectionRefused(name)
  const addresses = await resolve(host)
  if (addresses.length === 0) throw new NameUnresolved("no-such-name", "the name has no address")
  for (const address of addresses) insist(refusalOf(address, port, exempt))
  return addresses.slice(0, addressesMax)
}

type LookedUp = (error: Error | null, address: string | Array<LookupAddress>, family?: number) => void

/** A look-up that knows its answer: what was judged is what is connected to, whatever the DNS says meanwhile. */
const pinned = (addresses: ReadonlyArray<string>) => {
  const answers = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }))
  return (_host: string, options: LookupOptions, done: LookedUp): void => {
    const [first] = answers
    if (options.all === true) done(null, answers)
    else done(null, first!.address, first!.family)
  }
}

const opened = (open: buildConnector.connector, asked: buildConnector.Options): Promise<Socket> => {
  const { promise, reject, resolve } = Promise.withResolvers<Socket>()
  open(asked, (error, socket) => (error === null ? resolve(socket) : reject(error)))
  return promise
}

/** Without the brackets of an IPv6 address. */
const hostOf = ({ hostname }: Pick<URL, "hostname">): string => hostname.replace(/^\[(.*)\]$/, "$1")

/** What a connection is for, where it is not for HTTP. */
interface ConnectWays {
  /** Whether a certificate that is not trusted ends the connection. */
  readonly rejectUnauthorized?: boolean
  readonly signal?: AbortSignal
}

const connectTo = async (
  asked: buildConnector.Options,
  options: ConnectOptions,
  ways: ConnectWays = {}
): Promise<Socket> => {
  const host = hostOf(asked)
  const port = portOf(asked)
  const { buildConnector } = await loadUndici()
  const open = buildConnector({
    ...ways,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
    port,
    allowH2: false,
    maxCachedSessions: 0,
    timeout: options.connectMillis,
    autoSelectFamily: true,
    lookup: pinned(await judgedAddresses(host, port, options))
  })
  const socket = await opened(open, asked)
  const refused = refusalOf(socket.remoteAddress ?? "", port, options.exempt)
  if (refused === undefined) return socket
  socket.destroy()
  throw new ConnectionRefused(refused)
}

/** Connects undici to judged addresses. What it is connected to is looked at once more before a byte is sent. */
export const guardedConnector = (options: ConnectOptions): buildConnector.connector => {
  const connect = callbackify((asked: buildConnector.Options) => connectTo(asked, options))
  return (asked, done) =>
    connect(asked, (error, socket) => (error === null ? done(null, socket) : done(error, null)))
}

/**
 * Connects to the server of an https URL, by the same rules, only to see its certificate: a certificate that is not
 * trusted is seen as well, and not a byte is sent after the handshake.
 */
export const certificateAt = async (
  url: URL,
  options: ConnectOptions,
  signal: AbortSignal
): Promise<PeerCertificate> => {
  const { host, hostname, protocol } = url
  const asked = { hostname, host, protocol, port: String(portOf(url)) }
  const socket = await connectTo(asked, options, { rejectUnauthorized: false, signal }).catch((fault) => {
    // That its time is up says more than that the connection was broken off.
    signal.throwIfAborted()
    throw fault
  })
  const certificate = peerCertificateOf(socket, hostOf(url))
  socket.destroy()
  if (certificate === undefined) throw new NoCertificate("the server shows no certificate")
  return certificate
}
