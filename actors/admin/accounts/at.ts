/** Asking `accounts.db`, with the time of it. */
import { Clock, Effect, Schema } from "effect"
import type { NamedRequest } from "./answers.ts"
import type { AccountRefused } from "./refused.ts"

/** The file of accounts could not be read or written. */
export class AccountsUnavailable extends Schema.TaggedError<AccountsUnavailable>()("AccountsUnavailable", {
  operation: Schema.String,
  message: Schema.String
}) {}

export const attempt = <A>(operation: string, run: () => A) =>
  Effect.try({
    try: run,
    catch: (cause) =>
      new AccountsUnavailable({
        operation,
        message: `accounts.db could not ${operation}: ${cause instanceof Error ? cause.message : String(cause)}`
      })
  })

/** The same, once for a request that has a name: asked again, it is answered what it was answered. */
export type AtOnce = <A>(
  named: NamedRequest | undefined,
  operation: string,
  run: (now: number) => A
) => Effect.Effect<A, AccountsUnavailable | AccountRefused>

export type At = <A>(operation: string, run: (now: number) => A) => Effect.Effect<A, AccountsUnavailable>

export const at: At = (operation, run) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => attempt(operation, () => run(now)))
