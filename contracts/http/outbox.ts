/** What is to be said, what became of it, and saying something. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { Placed } from "../command.ts"
import { SendMessage } from "../commands.ts"
import { ChatId, EpochMillis, MessageKey, OutboxId, WhatsAppId } from "../ids.ts"
import { Gateway } from "../message.ts"
import { MediaReference, OutboxKind, Priority, ReceiptLevel, WireKind } from "../outbox.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { pageOf, paging } from "./lists.ts"
import { Behind, refusals, Unavailable } from "./problems.ts"

const { NullOr } = Schema

export const OutboxStatus = Schema.Literals(["queued", "claimed", "sent", "failed", "cancelled"])
export type OutboxStatus = typeof OutboxStatus.Type

export const OutboxEntry = Schema.Struct({
  cursor: Schema.Int,
  outbox: OutboxId,
  chat: ChatId,
  gateway: Gateway,
  kind: OutboxKind,
  priority: Priority,
  message: NullOr(MessageKey),
  target: NullOr(OutboxId),
  notBefore: NullOr(EpochMillis),
  status: OutboxStatus,
  whatsApp: NullOr(WhatsAppId),
  wire: NullOr(WireKind),
  targetWhatsApp: NullOr(WhatsAppId),
  attempt: Schema.Int,
  reason: NullOr(Schema.String),
  unresolvedSince: NullOr(EpochMillis),
  level: NullOr(ReceiptLevel),
  levelAt: NullOr(EpochMillis),
  queuedAt: EpochMillis,
  lastAt: EpochMillis,
  text: NullOr(Schema.String),
  /** The file whose caption the text is. */
  media: NullOr(MediaReference),
  quotes: NullOr(Schema.String)
})

const list = HttpApiEndpoint.get("list", "/v1/outbox", {
  query: { chat: Schema.optionalKey(ChatId), status: Schema.optionalKey(OutboxStatus), ...paging },
  success: pageOf(OutboxEntry),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

const cancel = HttpApiEndpoint.delete("cancel", "/v1/outbox/:id", {
  params: { id: OutboxId },
  success: Placed,
  error: refusals
}).annotate(NeedsRole, "scheduler")

const { by: _by, ...said } = SendMessage.payload.fields

/** The same `request` is the same message, however often it is asked for. */
const send = HttpApiEndpoint.post("send", "/v1/messages", {
  payload: Schema.Struct(said),
  success: SendMessage.answer,
  error: refusals
}).annotate(NeedsRole, "scheduler")

export const outbox = HttpApiGroup.make("outbox").add(list, cancel, send).middleware(Authorization)
