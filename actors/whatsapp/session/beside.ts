/** Running the session beside the actor's work: while it holds its lease, this process owns the connection. */
import { Effect, Option, type Scope } from "effect"
import type { ActError, Beside, BesideError } from "../../../infra/actor/process-manager.ts"
import { Session } from "./connection.ts"
import { rememberedSession } from "./fold.ts"
import type { Journal } from "./journal.ts"
import type { SessionFact } from "./machine-model.ts"

/** How often a fact is appended again after another writer was faster: there is none but ourselves, before a take-over. */
const conflictRetriesMax = 5

/** Facts get their ids from the epoch, which no other process has, and a running number. */
const recorder = <F>(own: Beside<F | SessionFact>, epoch: number) => {
  let number = 0
  return (fact: SessionFact): Effect.Effect<number, ActError> => {
    const cause = `session:${epoch}`
    const part = String(number++)
    return Effect.suspend(() => own.begin().append({ cause, correlation: cause }, part, [fact])).pipe(
      Effect.tapError((error) =>
        error._tag === "Conflict" ? Effect.ignore(own.begin().folded(error.actual)) : Effect.void
      ),
      Effect.retry({ times: conflictRetriesMax, while: (error) => error._tag === "Conflict" }),
      // The next fact expects to stand behind this one.
      Effect.tap(({ sequence }) => own.begin().folded(sequence)),
      Effect.map(({ sequence }) => sequence)
    )
  }
}

/**
 * Takes the session over, keeps connected, and drains the journal beside it. One that does not connect is held,
 * and no more. Where the process is composed without a session, nothing runs.
 */
export const runSession =
  <F, R>(drain: (journal: Journal, own: Beside<F | SessionFact>) => Effect.Effect<never, BesideError, R>) =>
  (own: Beside<F | SessionFact>): Effect.Effect<never, BesideError, R | Scope.Scope> =>
    Effect.gen(function* () {
      const session = yield* Effect.serviceOption(Session)
      if (Option.isNone(session)) return yield* Effect.never
      const held = yield* session.value.hold
      if (!session.value.connects) return yield* Effect.never
      const connected = held.run(rememberedSession(own.state), recorder(own, held.epoch))
      return yield* Effect.raceFirst(connected, drain(held.journal, own))
    })
