/** How the session's store fails. */
import { Schema } from "effect"

/** Another process owns the session now: what this one began is not finished, and its socket is closed. */
export class StaleOwner extends Schema.TaggedError<StaleOwner>()("StaleOwner", {
  ours: Schema.Int,
  theirs: Schema.Int
}) {
  override get message(): string {
    return (
      `expected to own the WhatsApp session with epoch ${this.ours}, found epoch ${this.theirs}: ` +
      "another process took it over, and this one writes nothing more"
    )
  }
}

/** `session.db` could not be read or written. */
export class SessionUnavailable extends Schema.TaggedError<SessionUnavailable>()("SessionUnavailable", {
  operation: Schema.String,
  message: Schema.String
}) {}

export type SessionError = StaleOwner | SessionUnavailable

/** Any error as one of ours. */
export const sessionError =
  (operation: string) =>
  (cause: unknown): SessionError =>
    cause instanceof StaleOwner || cause instanceof SessionUnavailable
      ? cause
      : new SessionUnavailable({
          operation,
          message:
            `the session could not ${operation}: ${cause instanceof Error ? cause.message : String(cause)}; ` +
            "see that the data folder can be written and its disk has room (`wadjet doctor`)"
        })
