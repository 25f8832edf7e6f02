/** The shapes of answers, put together from what the API declares. */
import { Schema } from "effect"
import { Placed } from "../../../contracts/command.ts"
import { RequestErasure, SendMessage } from "../../../contracts/commands.ts"
import { Chat, Message } from "../../../contracts/http/chats.ts"
import { pageOf } from "../../../contracts/http/lists.ts"
import { OutboxEntry } from "../../../contracts/http/outbox.ts"
import { Override } from "../../../contracts/http/overrides.ts"
import { TimelineItem } from "../../../contracts/http/sandbox.ts"
import { Scan, Verdict } from "../../../contracts/http/verdicts.ts"
import { ChatId, OverrideId } from "../../../contracts/ids.ts"

export { Overview } from "../../../contracts/http/overview.ts"
export { Placed }

export const Chats = Schema.Struct({ items: Schema.Array(Chat) })
export const Messages = pageOf(Message)
export const Verdicts = pageOf(Verdict)
export const Explained = Schema.Struct({ scans: Schema.Array(Scan) })
export const Outbox = pageOf(OutboxEntry)
export const Overrides = pageOf(Override)
export const Timeline = Schema.Struct({ chat: Schema.NullOr(ChatId), items: Schema.Array(TimelineItem) })
export const Posted = Schema.Struct({ ...Placed.fields, chat: ChatId, id: Schema.String })
export const Sent = SendMessage.answer
export const SetOverride = Schema.Struct({ ...Placed.fields, override: OverrideId })
export const Erased = RequestErasure.answer
export const Imported = Schema.Struct({
  ...Placed.fields,
  set: Schema.Int,
  unchanged: Schema.Int,
  expired: Schema.Int
})
export const Exported = Schema.Struct({ format: Schema.String, text: Schema.String })
/** Any list. */
export const Items = Schema.Struct({ items: Schema.Array(Schema.Unknown) })

const text = Schema.optionalKey(Schema.String)
const number = Schema.optionalKey(Schema.Int)

/** A problem document with what some of them say besides. */
export const Problem = Schema.Struct({
  type: Schema.String,
  title: text,
  detail: text,
  field: text,
  reason: text,
  generation: text,
  sequence: number,
  limitBytes: number,
  retryAfterSeconds: number
})
