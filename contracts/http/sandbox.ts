/** The sandbox: a chat without WhatsApp, to see what Wadjet would say. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { IncomingMessage } from "../commands.ts"
import { ChatId, EpochMillis } from "../ids.ts"
import { MediaReference } from "../outbox.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { MessageLink } from "./chats.ts"
import { namedHeaders } from "./idempotency.ts"
import { after } from "./lists.ts"
import { OutboxStatus } from "./outbox.ts"
import { Behind, refusals, Unavailable } from "./problems.ts"

const { NullOr } = Schema

/** The name by which the sandbox chat is known. */
export const sandboxChatName = "Sandbox"
/** Who posts where nobody is named. */
export const sandboxAuthor = "You"

/** One bubble: something posted, or something that Wadjet said. */
export const TimelineItem = Schema.Struct({
  id: Schema.String,
  from: Schema.Literals(["member", "wadjet"]),
  author: NullOr(Schema.String),
  /** Null once it was deleted or forgotten, and for keys that may not read words. */
  text: NullOr(Schema.String),
  /** The file that Wadjet sent with it, for keys that may read words. */
  media: NullOr(MediaReference),
  at: EpochMillis,
  edited: Schema.Boolean,
  deleted: Schema.Boolean,
  /** The id of the bubble that it answers, where that one is in the timeline. */
  quotes: NullOr(Schema.String),
  reactions: Schema.Array(Schema.String),
  links: Schema.Array(MessageLink),
  /** What became of it, for what Wadjet says. */
  status: NullOr(OutboxStatus)
})
export type TimelineItem = typeof TimelineItem.Type

const timeline = HttpApiEndpoint.get("timeline", "/v1/sandbox/messages", {
  query: after,
  success: Schema.Struct({ chat: NullOr(ChatId), items: Schema.Array(TimelineItem) }),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

const { answers, author, change, id, text } = IncomingMessage.fields

/** The id is made by the server where none is given; the same id from the same author is the same message. */
const post = HttpApiEndpoint.post("post", "/v1/sandbox/messages", {
  headers: namedHeaders,
  payload: Schema.Struct({
    id: Schema.optionalKey(id),
    author: Schema.optionalKey(author),
    text,
    change,
    answers
  }),
  success: Schema.Struct({
    generation: Schema.String,
    sequence: Schema.Int,
    chat: ChatId,
    id: Schema.String
  }),
  error: refusals
}).annotate(NeedsRole, "operator")

export const sandbox = HttpApiGroup.make("sandbox").add(timeline, post).middleware(Authorization)
