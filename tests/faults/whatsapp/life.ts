/** What a child process is told about its life, and what it says of itself. */
import type { Death, Point } from "./points.ts"

/** Guards that can be left out, to see that something breaks without them. */
export const guards = [
  /** What was decrypted is written in the transaction that commits its ratchet. */
  "journal-with-ratchet",
  /** WhatsApp is told that a message arrived after it is in the journal. */
  "journal-before-receipt",
  /** The same message gives the same key and the same event id. */
  "one-fact-per-message",
  /** A claim is in the log before the socket is written to. */
  "claim-before-write",
  /** What is written again goes out under the same WhatsApp id. */
  "same-id-on-retry",
  /** Each write looks whether this process still owns the session. */
  "epoch-before-write",
  /** A cancellation is answered after each message of its job is settled. */
  "settled-before-answer",
  /** Whoever claims calls off as well, and a claim expects its chat to be as it was read. */
  "expected-claim"
] as const
export type Guard = (typeof guards)[number]

export interface Life {
  readonly dataFolder: string
  /** The loopback WhatsApp. */
  readonly server: string
  readonly nats: { readonly url: string; readonly user: string; readonly password: string }
  readonly death?: Death
  readonly without?: Guard
}

/** What a child says of itself, a line of JSON each. */
export type Saying =
  | { readonly said: "ready" }
  | { readonly said: "dying"; readonly point: Point }
  /** A transaction of `session.db` is about to be committed under an epoch that is not the one on the disk. */
  | { readonly said: "stale-write"; readonly ours: number; readonly theirs: number }
