/** The way out: what a gateway must be able to do, whoever stands behind it. */
import { Context, type Effect, Schema, type Scope, type Stream } from "effect"
import type { ChatId, PersonId, WhatsAppId } from "../../contracts/ids.ts"
import type { Gateway as GatewayName } from "../../contracts/message.ts"
import type { MediaReference, ReceiptLevel, WireKind } from "../../contracts/outbox.ts"

/** What goes over the wire. */
export interface WireMessage {
  readonly chat: ChatId
  /** Who sent the message that it answers. */
  readonly sender?: PersonId
  readonly whatsApp: WhatsAppId
  readonly wire: WireKind
  /** The earlier message of ours that an edit or a revoke is about. */
  readonly target?: WhatsAppId
  readonly text: string
  /** The file whose caption the text is. */
  readonly media?: MediaReference
  /** The id of the message it answers or reacts to, as its sender gave it. */
  readonly quotes?: string
  /** What that message said, as far as it is shown again. */
  readonly quoted?: string
  /** Whose phones ring for it. */
  readonly mentions?: ReadonlyArray<PersonId>
}

/**
 * The receiving side refused, or nobody knows. `final` means that asking again would not help; otherwise it may
 * be asked again after `waitMillis`, and is not after `attemptsMax` attempts. `mayOpen`: news may make it possible
 * sooner.
 */
export class TransmitFailed extends Schema.TaggedError<TransmitFailed>()("TransmitFailed", {
  gateway: Schema.String,
  final: Schema.Boolean,
  message: Schema.String,
  waitMillis: Schema.optionalKey(Schema.Int),
  mayOpen: Schema.optionalKey(Schema.Literal(true)),
  attemptsMax: Schema.optionalKey(Schema.Int)
}) {}

/** What a gateway hears of messages of ours while nobody asks. Times are milliseconds since the epoch. */
export type GatewayNews =
  /** The other side has it. */
  | { readonly news: "taken"; readonly whatsApp: WhatsAppId; readonly at: number }
  | {
      readonly news: "receipt"
      readonly whatsApp: WhatsAppId
      readonly level: ReceiptLevel
      readonly at: number
    }
  /** What could not be written may be written now. */
  | { readonly news: "open" }

export interface GatewayService {
  /** Writes one message; succeeds once the other side has it. */
  readonly transmit: (message: WireMessage) => Effect.Effect<void, TransmitFailed>
  /**
   * Whether the other side has a message: `unknown` where only time will tell. `no` allows writing it again, under
   * the same id.
   */
  readonly has: (whatsApp: WhatsAppId) => Effect.Effect<"yes" | "no" | "unknown", TransmitFailed>
  /**
   * The moment before which nothing can be written, infinite where only news will tell, and `undefined` for now.
   * `isCold`: to somebody who never wrote to us. Absent where it can always be written.
   */
  readonly closedUntil?: (isCold: boolean) => Effect.Effect<number | undefined>
  /**
   * Shows in a chat that something is being written, for so many milliseconds. Answers at once, and never fails.
   * Absent where nobody would see it.
   */
  readonly composing?: (chat: ChatId, millis: number) => Effect.Effect<void>
  /** Everything from the moment of subscribing. Absent where every answer comes at once. */
  readonly news?: Effect.Effect<Stream.Stream<GatewayNews>, never, Scope.Scope>
  /** Is told who knows what a message of ours said, for a receiver that asks for it again. */
  readonly retells?: (
    tell: (whatsApp: WhatsAppId) => Effect.Effect<WireMessage | undefined>
  ) => Effect.Effect<void>
}

/** The gateways by name. A chat without one cannot be spoken to. */
export class Gateways extends Context.Service<Gateways, Partial<Record<GatewayName, GatewayService>>>()(
  "wadjet/whatsapp/Gateways"
) {}
