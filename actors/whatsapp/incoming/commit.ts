/** One commit of what was heard: tried until it is in the log, or can never be. */
import { Effect, Schedule, Schema, Semaphore } from "effect"
import type { Beside } from "../../../infra/actor/process-manager.ts"
import type { KeyringUnavailable } from "../../../infra/keyring/keyring.ts"
import type { Item } from "./item.ts"
import { takeItems } from "./take.ts"
import type { Published } from "./taking.ts"

/** These items can never be taken together: one of them is at fault. */
export class Untakeable extends Schema.TaggedError<Untakeable>()("Untakeable", { message: Schema.String }) {}

/** How often a commit is tried again at once after another writer was faster. */
const conflictRetriesMax = 20

/** The log or the keyring does not answer: nothing is lost by waiting, and everything waits in its order. */
const again = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("30 seconds")])

const isPassing = (error: { readonly _tag: string }) =>
  error._tag === "LogUnavailable" || error._tag === "KeyringUnavailable" || error._tag === "Conflict"

const waits = (error: { readonly _tag: string; readonly message: string }) =>
  isPassing(error)
    ? Effect.logWarning("what WhatsApp delivered waits", { error: error._tag, message: error.message })
    : Effect.void

/** Waits for the keyring, for as long as it takes. */
export const untilKeyring = <A, E extends { readonly _tag: string; readonly message: string }, R>(
  effect: Effect.Effect<A, E | KeyringUnavailable, R>
) => effect.pipe(Effect.tapError(waits), Effect.retry({ schedule: again, while: isPassing }))

/**
 * Makes what commits in the actor's name, one commit after the other: two at once would be in each other's way.
 * `position` is that of the first row, which the facts name as their cause. Fails with `Untakeable`, or where
 * the lease is lost.
 */
export const committer = (own: Beside<Published>) => {
  const one = Semaphore.makeUnsafe(1)
  return (position: number, items: ReadonlyArray<Item>) => {
    const cause = `journal:${own.lease.epoch}:${position}`
    return Effect.suspend(() => takeItems({ cause, correlation: cause }, items, own.begin())).pipe(
      Effect.tapError((error) =>
        error._tag === "Conflict"
          ? Effect.timeoutOption(own.begin().folded(error.actual), "1 second")
          : Effect.void
      ),
      Effect.retry({ times: conflictRetriesMax, while: (error) => error._tag === "Conflict" }),
      Effect.catchTag("FactRefused", (error) => new Untakeable({ message: error.message })),
      Effect.catchDefect(
        (defect) => new Untakeable({ message: defect instanceof Error ? defect.message : String(defect) })
      ),
      one.withPermits(1),
      untilKeyring
    )
  }
}

export type Commit = ReturnType<typeof committer>
