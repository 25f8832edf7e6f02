/** Whom a job is for. */
import { Schema } from "effect"
import { ChatId, ContactId } from "./ids.ts"

/** The ways out that a job may use: an exported chat cannot be spoken to. */
export const SpokenGateway = Schema.Literals(["whatsapp", "sandbox"])
export type SpokenGateway = typeof SpokenGateway.Type

/** A tag of contacts, a keyed hash: what it says is sealed in the contacts that have it. */
export const TagId = Schema.String.pipe(
  Schema.check(Schema.isPattern(/^[0-9a-f]{40}$/u)),
  Schema.annotate({ description: "a tag of contacts, a keyed hash" })
)

/** Who is to get it. Tags and contacts are resolved when the job fires. */
export const Recipient = Schema.Union([
  Schema.Struct({ to: Schema.Literal("chat"), chat: ChatId, gateway: SpokenGateway }),
  Schema.Struct({ to: Schema.Literal("contact"), contact: ContactId }),
  Schema.Struct({ to: Schema.Literal("tag"), tag: TagId })
])
export type Recipient = typeof Recipient.Type
