/** Chats: what they are called, what was said in them, and whether Wadjet may speak there. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { Placed } from "../command.ts"
import { SetChat } from "../commands.ts"
import { ChatId, EpochMillis, LinkId, MessageKey, PersonId } from "../ids.ts"
import { Level } from "../level.ts"
import { Arrival, Gateway } from "../message.ts"
import { ChatSettings, ShownSetting } from "../chat-settings.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { after, pageOf, paging } from "./lists.ts"
import { Behind, NotFound, refusals, Unavailable } from "./problems.ts"
import { VerdictStatus } from "./verdicts.ts"

const { NullOr } = Schema

export const Chat = Schema.Struct({
  cursor: Schema.Int,
  chat: ChatId,
  name: NullOr(Schema.String),
  gateway: NullOr(Gateway),
  settings: ChatSettings,
  mutedUntil: NullOr(EpochMillis),
  messages: Schema.Int,
  lastAt: EpochMillis
})

/** A link as it stands in a text: offsets are UTF-16 code units. */
export const MessageLink = Schema.Struct({
  link: LinkId,
  url: Schema.String,
  start: Schema.Int,
  end: Schema.Int,
  level: NullOr(Level),
  status: NullOr(VerdictStatus)
})
export type MessageLink = typeof MessageLink.Type

/** A message as it stands now. */
export const Message = Schema.Struct({
  cursor: Schema.Int,
  message: MessageKey,
  chat: ChatId,
  sender: PersonId,
  senderName: NullOr(Schema.String),
  gateway: Gateway,
  arrival: NullOr(Arrival),
  sentAt: NullOr(EpochMillis),
  editedAt: NullOr(EpochMillis),
  revokedAt: NullOr(EpochMillis),
  at: EpochMillis,
  text: NullOr(Schema.String),
  whatsAppId: NullOr(Schema.String),
  links: Schema.Array(MessageLink),
  /** What others reacted with, each by one of them. */
  reactions: Schema.Array(Schema.String)
})

const ofChat = { chat: ChatId }

const list = HttpApiEndpoint.get("list", "/v1/chats", {
  query: {
    gateway: Schema.optionalKey(Gateway),
    ...paging,
    sort: Schema.optionalKey(
      Schema.Literals(["recent", "newest", "oldest"]).annotate({
        description:
          "`recent`, which is meant when absent, has the chat that spoke last first: one that speaks meanwhile moves to the front. `newest` and `oldest` go by when they were first told of."
      })
    )
  },
  success: pageOf(Chat),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

const messages = HttpApiEndpoint.get("messages", "/v1/chats/:chat/messages", {
  params: ofChat,
  query: paging,
  success: pageOf(Message),
  error: [NotFound, Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

const mute = HttpApiEndpoint.post("mute", "/v1/chats/:chat/mute", {
  params: ofChat,
  payload: Schema.Struct({ until: EpochMillis }),
  success: Placed,
  error: refusals
}).annotate(NeedsRole, "moderator")

const unmute = HttpApiEndpoint.post("unmute", "/v1/chats/:chat/unmute", {
  params: ofChat,
  success: Placed,
  error: refusals
}).annotate(NeedsRole, "moderator")

const shown = { success: Schema.Struct({ settings: Schema.Array(ShownSetting) }) } as const

/** Values by name, as anybody would type them; `null` for what is no longer to be set there. */
const change = {
  payload: Schema.Struct({ change: SetChat.payload.fields.change }),
  success: Placed,
  error: refusals
} as const

const settings = HttpApiEndpoint.get("settings", "/v1/chats/:chat/settings", {
  params: ofChat,
  query: after,
  ...shown,
  error: [NotFound, Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

const changeSettings = HttpApiEndpoint.patch("changeSettings", "/v1/chats/:chat/settings", {
  params: ofChat,
  ...change
}).annotate(NeedsRole, "moderator")

/** What holds in every chat that has set nothing else. */
const allSettings = HttpApiEndpoint.get("allSettings", "/v1/settings", {
  query: after,
  ...shown,
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

const changeAllSettings = HttpApiEndpoint.patch("changeAllSettings", "/v1/settings", change).annotate(
  NeedsRole,
  "moderator"
)

export const chats = HttpApiGroup.make("chats")
  .add(list, messages, mute, unmute, settings, changeSettings, allSettings, changeAllSettings)
  .middleware(Authorization)
