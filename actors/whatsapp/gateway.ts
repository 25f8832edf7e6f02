/** The way out: what a gateway must be able to do, whoever stands behind it. */
import { Context, type Effect, Schema } from "effect"
import type { ChatId, PersonId, WhatsAppId } from "../../contracts/ids.ts"
import type { Gateway as GatewayName } from "../../contracts/message.ts"
import type { WireKind } from "../../contracts/outbox.ts"

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
  /** The id of the message it answers or reacts to, as its sender gave it. */
  readonly quotes?: string
}

/** The receiving side refused. `final` means that asking again would not help. */
export class TransmitFailed extends Schema.TaggedError<TransmitFailed>()("TransmitFailed", {
  gateway: Schema.String,
  final: Schema.Boolean,
  message: Schema.String
}) {}

export interface GatewayService {
  /** Writes one message; succeeds once the other side has it. */
  readonly transmit: (message: WireMessage) => Effect.Effect<void, TransmitFailed>
  /** Whether the other side has a message: `unknown` where only time will tell. */
  readonly has: (whatsApp: WhatsAppId) => Effect.Effect<"yes" | "no" | "unknown", TransmitFailed>
}

/** The gateways by name. A chat without one cannot be spoken to. */
export class Gateways extends Context.Service<Gateways, Partial<Record<GatewayName, GatewayService>>>()(
  "wadjet/whatsapp/Gateways"
) {}
