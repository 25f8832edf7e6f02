/** The connection to WhatsApp. Written by `whatsapp`. Credentials, QR codes and pairing codes are never in the log. */
import { Schema } from "effect"
import { event } from "./event.ts"
import { EpochMillis, PersonId } from "./ids.ts"
import { By } from "./policy.ts"

/** How a number is linked: by scanning a QR code, or by typing a code that belongs to a phone number. */
export const LinkMethod = Schema.Literals(["qr", "code"])
export type LinkMethod = typeof LinkMethod.Type

/**
 * Why linking ended without a linked number.
 * - `expired`: nobody scanned or typed in time.
 * - `cancelled`: the operator, or the end of the process.
 * - `passkey-required`: WhatsApp wants a passkey of whatsapp.com, which no other page may ask a browser for.
 * - `refused`: WhatsApp said no, with the code.
 */
export const LinkOutcome = Schema.Literals(["expired", "cancelled", "passkey-required", "refused"])
export type LinkOutcome = typeof LinkOutcome.Type

/**
 * What is wrong with a connection that is open.
 * - `deaf`: messages waited at the server while the socket was open and answered; it was connected anew.
 * - `undecryptable`: more messages than usual do not open.
 * - `unacknowledged`: the server does not say that it took what was sent.
 * - `reach-out-limited`: people who never wrote to this account may not be written to, for a while.
 */
export const DegradedReason = Schema.Literals([
  "deaf",
  "undecryptable",
  "unacknowledged",
  "reach-out-limited"
])
export type DegradedReason = typeof DegradedReason.Type

/**
 * Why a connection is closed, and what follows.
 * - `transient`: network or server trouble; tried again after a growing wait.
 * - `restart-required`: WhatsApp asked for it; at once.
 * - `rate-limited`: too much of something; tried again after a long hold.
 * - `replaced`: another client uses the same credentials; not fought over, an operator reconnects.
 */
export const CloseCause = Schema.Literals(["transient", "restart-required", "rate-limited", "replaced"])
export type CloseCause = typeof CloseCause.Type

/**
 * Why WhatsApp does not let this client in. None mends itself.
 * - `banned`: the account may not be used: it is banned, or its phone is not logged in any more.
 * - `suspended`: banned for a time.
 * - `outdated`: this version of Wadjet is too old for WhatsApp.
 * - `client-refused`: WhatsApp does not take this client.
 * - `multi-device`: the account has no linked devices.
 */
export const RefusedReason = Schema.Literals([
  "banned",
  "suspended",
  "outdated",
  "client-refused",
  "multi-device"
])
export type RefusedReason = typeof RefusedReason.Type

/** Where the connection stands at this moment. */
export const SessionState = Schema.Union([
  Schema.Struct({ state: Schema.Literal("unlinked"), since: EpochMillis }),
  Schema.Struct({ state: Schema.Literal("linking"), since: EpochMillis, method: LinkMethod }),
  Schema.Struct({ state: Schema.Literal("connecting"), since: EpochMillis, attempt: Schema.Int }),
  Schema.Struct({ state: Schema.Literal("open"), since: EpochMillis }),
  Schema.Struct({
    state: Schema.Literal("degraded"),
    since: EpochMillis,
    reason: DegradedReason,
    until: Schema.optionalKey(EpochMillis)
  }),
  Schema.Struct({
    state: Schema.Literal("closed"),
    since: EpochMillis,
    cause: CloseCause,
    code: Schema.Int,
    /** Absent where it is not tried again by itself. */
    retryAt: Schema.optionalKey(EpochMillis)
  }),
  Schema.Struct({ state: Schema.Literal("logged-out"), since: EpochMillis, code: Schema.Int }),
  Schema.Struct({
    state: Schema.Literal("refused"),
    since: EpochMillis,
    reason: RefusedReason,
    code: Schema.Int,
    until: Schema.optionalKey(EpochMillis)
  })
])
export type SessionState = typeof SessionState.Type

/** What is known about how well the connection works. Ages and times in milliseconds. */
export const SessionHealth = Schema.Struct({
  lastInboundAt: Schema.optionalKey(EpochMillis),
  /** How long a silence this account has to be used to before it means anything. */
  patienceMillis: Schema.Int,
  decrypted: Schema.Int,
  undecryptable: Schema.Int,
  unacknowledged: Schema.Int,
  /** Rows that were delivered and are not in the log yet. */
  journalled: Schema.Int,
  reconnects: Schema.Int
})
export type SessionHealth = typeof SessionHealth.Type

/** Where there is no connection to measure. */
export const noHealth: SessionHealth = {
  patienceMillis: 0,
  decrypted: 0,
  undecryptable: 0,
  unacknowledged: 0,
  journalled: 0,
  reconnects: 0
}

/** What an operator should know before linking a number. */
export const riskNotice: ReadonlyArray<string> = [
  "Wadjet is an unofficial client of WhatsApp. WhatsApp's terms do not allow such clients:",
  "it can limit or ban the number, for a time or for good, with or without a reason, and nobody can appeal for you.",
  "Use a number that you can do without, in chats whose members know about it, and let it send little."
]

export const SessionLinkBegan = event("session.link-began", {
  about: "An operator began to link a number.",
  data: { method: LinkMethod, by: By },
  example: { method: "qr", by: "operator" }
})

export const SessionLinkEnded = event("session.link-ended", {
  about: "Linking ended without a linked number.",
  data: { method: LinkMethod, outcome: LinkOutcome, code: Schema.optionalKey(Schema.Int) },
  example: { method: "qr", outcome: "expired", code: 408 }
})

export const SessionLinked = event("session.linked", {
  about: "A number was linked; its credentials are on disk. Which one it is, only the session knows.",
  data: { method: LinkMethod, at: EpochMillis },
  example: { method: "qr", at: 1_767_225_600_000 }
})

export const SessionOpened = event("session.opened", {
  about:
    "The connection is open: for the first time in this process, or after it was closed, degraded or refused.",
  data: {
    /** Grows with every process that takes the session over. */
    epoch: Schema.Int,
    /** How often it was tried since it was open last. */
    attempts: Schema.Int,
    /** How long it was not open, as far as this process knows. */
    downMillis: Schema.Int
  },
  example: { epoch: 3, attempts: 1, downMillis: 420 }
})

export const SessionDegraded = event("session.degraded", {
  about: "The connection is open and does not work as it should.",
  data: { reason: DegradedReason, until: Schema.optionalKey(EpochMillis) },
  example: { reason: "reach-out-limited", until: 1_767_312_000_000 }
})

export const SessionRecovered = event("session.recovered", {
  about: "What was wrong with the open connection is over.",
  data: { reason: DegradedReason },
  example: { reason: "reach-out-limited" }
})

export const SessionCallRejected = event("session.call-rejected", {
  about: "Somebody called the linked number, and the call was rejected, as the operator wants it.",
  data: { caller: PersonId, kind: Schema.Literals(["voice", "video"]), isGroup: Schema.Boolean },
  example: { caller: PersonId.make("p0example0"), kind: "voice", isGroup: false }
})

export const SessionClosed = event("session.closed", {
  about: "The connection is closed, and was not back within half a minute.",
  data: { cause: CloseCause, code: Schema.Int, retryAt: Schema.optionalKey(EpochMillis) },
  example: { cause: "rate-limited", code: 429, retryAt: 1_767_229_200_000 }
})

export const SessionLoggedOut = event("session.logged-out", {
  about:
    "The number is not linked any more: the operator unlinked it, or WhatsApp did. The credentials are deleted.",
  data: { by: Schema.Literals(["operator", "whatsapp"]), code: Schema.optionalKey(Schema.Int) },
  example: { by: "whatsapp", code: 401 }
})

export const SessionRefused = event("session.refused", {
  about: "WhatsApp does not let this client in, and trying again would not help.",
  data: { reason: RefusedReason, code: Schema.Int, until: Schema.optionalKey(EpochMillis) },
  example: { reason: "banned", code: 403 }
})

/** The topic of `LiveSession`: `live.<account>.session`. */
export const liveSessionTopic = "session"

/**
 * What goes over `live.<account>.session` while a number is being linked. It is a credential: whoever scans the
 * code first owns the link.
 */
export const LiveSession = Schema.Union([
  Schema.Struct({ live: Schema.Literal("qr"), text: Schema.String, expiresAt: EpochMillis }),
  Schema.Struct({ live: Schema.Literal("code"), code: Schema.String, expiresAt: EpochMillis }),
  Schema.Struct({ live: Schema.Literal("state"), state: SessionState }),
  Schema.Struct({ live: Schema.Literal("ended"), outcome: LinkOutcome })
])
export type LiveSession = typeof LiveSession.Type
