/** Why somebody was not let in, or a change to an account was not made. */
import { Schema } from "effect"

/**
 * - `wrong`: no such name, or not its password or code; which of them is not said.
 * - `code-needed`: the password is right, and a code of an authenticator app is asked for besides.
 * - `wait`: too many were wrong before; `until` says for how long.
 * - `busy`: too many passwords are being checked.
 * - `not-good`: a one-time link that was used, has expired, or never was.
 * - `another-request`: something else was asked for under the same name before.
 * - `name-taken`, `last-owner`, `not-found`, `closed`: as they say.
 */
export class AccountRefused extends Schema.TaggedError<AccountRefused>()("AccountRefused", {
  reason: Schema.Literals([
    "wrong",
    "code-needed",
    "wait",
    "busy",
    "another-request",
    "not-good",
    "name-taken",
    "last-owner",
    "not-found"
  ]),
  /** Milliseconds since the epoch. */
  until: Schema.optionalKey(Schema.Int)
}) {}
