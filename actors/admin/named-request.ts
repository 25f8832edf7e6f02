/**
 * Requests that whoever asks has given a name, so that asking again makes nothing twice.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
import { Clock, Effect } from "effect"
import type { Placed } from "../../contracts/command.ts"
import { CurrentKey } from "../../contracts/http/access.ts"
import type { NamedHeaders } from "../../contracts/http/idempotency.ts"
import { InvalidRequest } from "../../contracts/http/problems.ts"
import { hashOf } from "../../contracts/ids.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import type { NamedRequest } from "./accounts/answers.ts"
import type { AccountRefused } from "./accounts/refused.ts"
import type { Accounts, AccountsUnavailable } from "./accounts.ts"
import { orInternal } from "./authorize.ts"
import { uuid7, uuidOfHash } from "./uuid7.ts"

/** `undefined` where it has no name. One asker's names do not meet another's, nor those of another operation. */
export const namedRequest = Effect.fnUntraced(function* (
  { answers }: Accounts,
  operation: string,
  { "idempotency-key": name }: NamedHeaders,
  asked: unknown
) {
  if (name === undefined) return undefined
  const { key } = yield* CurrentKey
  return {
    request: answers.nameOf("request", key, operation, name),
    asked: hashOf("asked", JSON.stringify(asked ?? null))
  } satisfies NamedRequest
})

/** The id of what a request makes, the same for one that is asked again. */
export const idMadeBy = (named: NamedRequest | undefined) =>
  Effect.map(Clock.currentTimeMillis, (now) => (named === undefined ? uuid7(now) : uuidOfHash(named.request)))

const another = new InvalidRequest({
  field: "headers.idempotency-key",
  detail: "Something else was asked for under this Idempotency-Key. Give another request another one."
})

/** The one refusal of what is done once. */
export const orAnother = <A, R>(work: Effect.Effect<A, AccountRefused | AccountsUnavailable, R>) =>
  work.pipe(
    Effect.catchTag("AccountsUnavailable", (error) => orInternal(Effect.fail(error))),
    Effect.mapError(() => another)
  )

/**
 * What a request is answered, and was answered before where it has a name: for what an actor does, whose facts have ids
 * that follow from the request. Where the answer was lost with this process, asking again leads to the same facts; so it
 * does after a restore, of which nobody knows whether the facts came back.
 */
export const answeredOnce = Effect.fnUntraced(function* <A extends Pick<Placed, "generation">, E, R>(
  { answers }: Accounts,
  named: NamedRequest | undefined,
  work: Effect.Effect<A, E, R>
) {
  if (named === undefined) return yield* work
  const before = yield* orAnother(answers.find<A>(named))
  const { generation } = yield* EventLog
  if (before?.answer.generation === generation) return before.answer
  const answer = yield* work
  // It is done: whoever hears of it need not ask again.
  yield* answers
    .keep(named, answer)
    .pipe(Effect.catch((error) => Effect.logError("an answer was not kept", { error: error.message })))
  return answer
})
