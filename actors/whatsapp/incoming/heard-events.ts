/** The facts that become of what is heard in chats: what ingest publishes, and what is folded to know it again. */
import { MessageUnconsented } from "../../../contracts/consent.ts"
import {
  AdminsChanged,
  ChatJoined,
  ChatLeft,
  ChatLinked,
  PersonLinked
} from "../../../contracts/membership.ts"
import {
  ChatRenamed,
  MessageEdited,
  MessageReacted,
  MessageReceived,
  MessageRevoked,
  MessageUnreadable
} from "../../../contracts/message.ts"

export const heardEvents = [
  MessageReceived,
  MessageEdited,
  MessageRevoked,
  MessageReacted,
  MessageUnreadable,
  MessageUnconsented,
  ChatRenamed,
  ChatJoined,
  ChatLeft,
  AdminsChanged,
  PersonLinked,
  ChatLinked
] as const
