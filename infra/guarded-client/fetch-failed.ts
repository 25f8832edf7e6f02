/** Why there is no answer from a URL. */
import { Schema } from "effect"
import { type Refused, Rule } from "./judgement.ts"
import { BodyTooLong } from "./read-body.ts"

export const FetchFault = Schema.Literals([
  "refused",
  "no-such-name",
  "unresolved",
  "unreachable",
  "tls",
  "timeout",
  "malformed"
])
export type FetchFault = typeof FetchFault.Type

/** `refused` by the guard, or by what fault of the network, the server or the limits. It names no URL. */
export class FetchFailed extends Schema.TaggedError<FetchFailed>()("FetchFailed", {
  fault: FetchFault,
  /** The guard's rule, where it refused. */
  rule: Schema.optionalKey(Rule),
  message: Schema.String
}) {}

/** The guard's refusal, as an error that travels through sockets and streams. */
export class ConnectionRefused extends Error {
  readonly judgement: Refused
  constructor(judgement: Refused) {
    super(judgement.reason)
    this.judgement = judgement
  }
}

/** A name without an address: `no-such-name`, or `unresolved` where nobody could say. */
export class NameUnresolved extends Error {
  readonly fault: "no-such-name" | "unresolved"
  constructor(fault: "no-such-name" | "unresolved", message: string) {
    super(message)
    this.fault = fault
  }
}

/** A server that speaks TLS without a certificate, or none at all where one was asked for. */
export class NoCertificate extends Error {}

const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : ""

const tlsCode = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|HOSTNAME_MISMATCH)/
const timeoutCodes = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "ETIMEDOUT"
])
const malformedCode =
  /^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_|UND_ERR_INFO|UND_ERR_INVALID|Z_|ERR_BROTLI|ERR__ERROR)/

const faultOf = (cause: unknown): FetchFault => {
  if (cause instanceof ConnectionRefused) return "refused"
  if (cause instanceof NameUnresolved) return cause.fault
  if (cause instanceof NoCertificate) return "tls"
  if (cause instanceof BodyTooLong) return "malformed"
  if (cause instanceof Error && cause.name === "TimeoutError") return "timeout"
  const code = codeOf(cause)
  if (timeoutCodes.has(code)) return "timeout"
  if (tlsCode.test(code)) return "tls"
  return malformedCode.test(code) ? "malformed" : "unreachable"
}

/** What the network, undici or the guard threw, as a `FetchFailed`. Node's messages name hosts: only codes are kept. */
export const fetchFailed = (cause: unknown): FetchFailed => {
  const fault = faultOf(cause)
  const message =
    cause instanceof ConnectionRefused ||
    cause instanceof NameUnresolved ||
    cause instanceof NoCertificate ||
    cause instanceof BodyTooLong
      ? cause.message
      : codeOf(cause) || (cause instanceof Error ? cause.name : "an unknown fault")
  const rule = cause instanceof ConnectionRefused ? { rule: cause.judgement.rule } : {}
  return new FetchFailed({ fault, ...rule, message })
}
