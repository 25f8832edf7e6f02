/** Why the HTTP API and the page could not start. */
import { Schema } from "effect"

/**
 * - `port-in-use`: another process listens there.
 * - `not-allowed`: this user may not listen there.
 * - `no-such-address`: the host is no address of this machine.
 * - `page-missing`: the files of the page are not where they should be.
 * - `accounts`: `accounts.db` cannot be opened, read or written.
 * - `failed`: anything else, as the message says.
 */
export class AdminFailed extends Schema.TaggedError<AdminFailed>()("AdminFailed", {
  reason: Schema.Literals([
    "port-in-use",
    "not-allowed",
    "no-such-address",
    "page-missing",
    "accounts",
    "failed"
  ]),
  message: Schema.String
}) {}
