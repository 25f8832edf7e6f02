/** Why a connection ended, and what follows from it. Pure: a table, and reading an error of Baileys into it. */
import type { CloseCause, RefusedReason } from "../../../contracts/session.ts"

/** How a connection ended. */
export interface Disconnect {
  /** WhatsApp's code, or Baileys' for what the client found out itself. */
  readonly code: number
  /**
   * Who says so: a stream error or a failed login (`whatsapp`), or the socket and the client. Only WhatsApp can
   * log out or ban; a proxy that answers 401 or 403 to the upgrade is network trouble.
   */
  readonly by: "whatsapp" | "network"
  /** How long a ban lasts, where WhatsApp says it. */
  readonly forSeconds?: number
}

/** What to do after a connection ended. */
export type Next =
  | { readonly next: "restart" }
  /** Again, after a random part of a span that doubles from `firstMillis` to `longestMillis`. */
  | {
      readonly next: "retry"
      readonly cause: CloseCause
      readonly firstMillis: number
      readonly longestMillis: number
    }
  /** Somebody else is connected with these credentials: an operator decides who. */
  | { readonly next: "yield" }
  | { readonly next: "logged-out" }
  | { readonly next: "refused"; readonly reason: RefusedReason; readonly forMillis?: number }

const second = 1_000
const minute = 60 * second

const retry = (cause: CloseCause, firstMillis: number, longestMillis: number): Next => ({
  next: "retry",
  cause,
  firstMillis,
  longestMillis
})

/** Network and server trouble passes: soon at first, and at most every five minutes. */
const transient = retry("transient", second, 5 * minute)
/** A server that says it is unavailable is given more time. */
const unavailable = retry("transient", 5 * second, 10 * minute)
/** Asking again soon is what the limit is about. */
const limited = retry("rate-limited", 30 * minute, 6 * 60 * minute)
const loggedOut: Next = { next: "logged-out" }
const refused = (reason: RefusedReason): Next => ({ next: "refused", reason })

/**
 * What a code of WhatsApp means. Codes of a failed login and of stream errors, as Baileys (`DisconnectReason`)
 * and whatsmeow (`ConnectFailureReason`) know them; what is not in the table is taken to pass.
 */
export const meanings: Readonly<Record<number, Next>> = {
  400: transient,
  401: loggedOut,
  402: refused("suspended"),
  403: refused("banned"),
  405: refused("outdated"),
  406: loggedOut,
  408: transient,
  409: refused("client-refused"),
  411: refused("multi-device"),
  413: transient,
  414: transient,
  415: transient,
  418: refused("client-refused"),
  428: transient,
  429: limited,
  440: { next: "yield" },
  463: limited,
  500: transient,
  501: transient,
  503: unavailable,
  515: { next: "restart" },
  516: loggedOut
}

export const classify = ({ by, code, forSeconds }: Disconnect): Next => {
  if (by === "network") return code === 429 ? limited : transient
  const meaning = meanings[code] ?? transient
  return meaning.next === "refused" && forSeconds !== undefined
    ? { ...meaning, forMillis: forSeconds * second }
    : meaning
}

const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined

const numberOf = (value: unknown): number | undefined => {
  const number = typeof value === "string" ? Number(value) : value
  return typeof number === "number" && Number.isFinite(number) ? number : undefined
}

/** The sentences by which Baileys passes on WhatsApp's own word. */
const fromWhatsApp = /^(?:Stream Errored|Connection Failure|Multi-device beta not joined)/u
/** Where an error has no code, something broke in the client. */
const brokenCode = 500

/** Reads the error with which Baileys closes a connection; see `end` in its `Socket/socket.ts`. */
export const disconnectOf = (error: unknown): Disconnect => {
  const code = numberOf(property(property(error, "output"), "statusCode")) ?? brokenCode
  const by = error instanceof Error && fromWhatsApp.test(error.message) ? "whatsapp" : "network"
  const data = property(error, "data")
  // A failed login gives its attributes, a stream error the node within.
  const attributes = property(data, "attrs") ?? data
  // Both a conflict of devices and a device that was removed are "conflict": the type tells them apart.
  const removed = property(data, "tag") === "conflict" && property(attributes, "type") === "device_removed"
  const forSeconds = numberOf(property(attributes, "expire"))
  return { code: removed ? 401 : code, by, ...(forSeconds === undefined ? {} : { forSeconds }) }
}

/**
 * How long to wait before the attempt after `failures` failed ones: a random part of a span that doubles, so
 * that many clients do not come back at once. `random` is from 0 to 1.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const waitMillis = (
  { firstMillis, longestMillis }: { readonly firstMillis: number; readonly longestMillis: number },
  failures: number,
  random: number
): number => {
  const span = Math.min(longestMillis, firstMillis * 2 ** Math.min(failures, 30))
  // At least half a first span: a connection that fails at once must not be tried in a tight circle.
  return Math.round(firstMillis / 2 + random * span)
}
