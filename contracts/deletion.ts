/** Deleting a message with a dangerous link for everyone. Written by `verdict`, one boundary per chat. */
import { Schema } from "effect"
import { event } from "./event.ts"
import { ChatId, MessageKey, PersonId } from "./ids.ts"

export const DeletionDecided = event("verdict.deletion-decided", {
  about:
    "A chat wants messages with dangerous links deleted, and one came. Its deletion is queued, or is not possible: the account does not administer the group, or what the link was in is no message, or was forgotten. Or it is not needed any more, as the link is not held to be dangerous by now, or is gone.",
  data: {
    chat: ChatId,
    message: MessageKey,
    sender: PersonId,
    outcome: Schema.Literals(["queued", "not-an-admin", "no-message", "not-dangerous"])
  },
  example: {
    chat: ChatId.make("c0example0"),
    message: MessageKey.make("0123456789abcdef0123456789abcdef01234567"),
    sender: PersonId.make("p0example0"),
    outcome: "queued"
  }
})
