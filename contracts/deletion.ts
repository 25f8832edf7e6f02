/** Deleting a message with a dangerous link for everyone. Written by `verdict`, one boundary per chat. */
import { Schema } from "effect"
import { event } from "./event.ts"
import { ChatId, MessageKey, PersonId } from "./ids.ts"

export const DeletionDecided = event("verdict.deletion-decided", {
  about:
    "A chat wants messages with dangerous links deleted, and one came: its deletion is queued, or is not possible because the account does not administer the group.",
  data: {
    chat: ChatId,
    message: MessageKey,
    sender: PersonId,
    outcome: Schema.Literals(["queued", "not-an-admin"])
  },
  example: {
    chat: ChatId.make("c0example0"),
    message: MessageKey.make("0123456789abcdef0123456789abcdef01234567"),
    sender: PersonId.make("p0example0"),
    outcome: "queued"
  }
})
