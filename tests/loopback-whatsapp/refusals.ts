import { node, server, type Node } from "./protocol/nodes.ts"

/** Why a login is refused, with the code that the client sees. Names follow what clients in the field call them. */
export const loginFailures = {
  "bad request": 400,
  "logged out": 401,
  "temporarily banned": 402,
  "main device gone": 403,
  "client outdated": 405,
  "unknown logout": 406,
  timeout: 408,
  "bad user agent": 409,
  "not found": 415,
  "client unknown": 418,
  "too many requests": 429,
  "internal error": 500,
  experimental: 501,
  unavailable: 503
} as const

export type LoginFailure = keyof typeof loginFailures

/** The stanza that refuses a login; `code` may be any number that the catalogue above lacks. */
export const failureStanza = (reason: LoginFailure | number): Node => {
  const code = typeof reason === "number" ? reason : loginFailures[reason]
  return node("failure", {
    reason: String(code),
    location: "loopback",
    ...(code === 402 ? { code: "101", expire: "3600" } : {})
  })
}

/** What ends a stream: the stanza, and the code under which Baileys reports it. */
export const streamErrors = {
  restart: { seenAs: 515, stanza: () => node("stream:error", { code: "515" }) },
  "device removed": {
    seenAs: 401,
    stanza: () => node("stream:error", { code: "401" }, [node("conflict", { type: "device_removed" })])
  },
  forbidden: { seenAs: 403, stanza: () => node("stream:error", { code: "403" }) },
  "timed out": { seenAs: 408, stanza: () => node("stream:error", { code: "408" }) },
  replaced: {
    seenAs: 440,
    stanza: () => node("stream:error", {}, [node("conflict", { type: "replaced" })])
  },
  "too many requests": { seenAs: 429, stanza: () => node("stream:error", { code: "429" }) },
  "internal error": { seenAs: 500, stanza: () => node("stream:error", { code: "500" }) },
  "not well formed": { seenAs: 500, stanza: () => node("stream:error", {}, [node("xml-not-well-formed")]) },
  unavailable: { seenAs: 503, stanza: () => node("stream:error", { code: "503" }) },
  /** Not an error but the end of the stream. */
  end: { seenAs: 428, stanza: () => node("xmlstreamend") },
  /** The account has no multi-device. */
  downgrade: { seenAs: 411, stanza: () => node("ib", { from: server }, [node("downgrade_webclient")]) }
} as const

export type StreamError = keyof typeof streamErrors

/** The stanza of a stream error; `code` may be any number that the catalogue above lacks. */
export const streamErrorStanza = (error: StreamError | number): Node =>
  typeof error === "number" ? node("stream:error", { code: String(error) }) : streamErrors[error].stanza()
