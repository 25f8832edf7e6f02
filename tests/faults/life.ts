/** What a child process is told about its life: where the data is, when it dies, and which guard is missing. */
import type { Death, Point } from "./points.ts"

/** Guards that can be left out, to see that something breaks without them. */
export const guards = [
  /** The same cause gives the same event id. */
  "deterministic-event-ids",
  /** The same entry goes out under the same WhatsApp id. */
  "deterministic-whatsapp-ids",
  /** A claim is in the log before the socket is written to. */
  "claim-before-send",
  /** A key is durable before the event that uses it is appended. */
  "durable-keys",
  /** An input is acknowledged after its facts are in the log. */
  "facts-before-ack",
  /** Rows and checkpoint are one transaction. */
  "one-transaction",
  /** Before anything is taken, it is asked what was agreed and set, and folded. */
  "policies-first"
] as const
export type Guard = (typeof guards)[number]

export interface Life {
  readonly dataFolder: string
  /** A server that outlives this process; left out, it starts one of its own, which dies with it. */
  readonly nats?: { readonly url: string; readonly user: string; readonly password: string }
  readonly death?: Death
  readonly without?: Guard
  /** The other side cannot say what it has. */
  readonly unsure: boolean
  /** What is agreed and set reaches late whoever does not say so themselves. */
  readonly late?: boolean
  /** The projector's thread, whose entry is a bundle of its own. */
  readonly projectorEntry: string
}

/** What a child says of itself, a line of JSON each. */
export type Saying =
  | {
      readonly said: "ready"
      readonly nats: { readonly url: string; readonly user: string; readonly password: string }
    }
  | { readonly said: "dying"; readonly point: Point }

/** The key under which a thread finds the life of its process. */
export const lifeKey = "wadjet-fault-life"
