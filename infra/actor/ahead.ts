/**
 * Work ahead. What a process gives to the log, workers of the same process may look at while the disk is waited for, so
 * that what can be found out about it is known when it is handed to them. Nothing else may follow from it: it may never be
 * in the log. Where a worker runs elsewhere it finds out what it needs by itself.
 */
import { Context, Effect, type Scope } from "effect"
import type { AnyFact } from "../../contracts/catalogue.ts"

/** Of more at once nobody waits for the first, and all of them would be waited for. */
const factsMax = 4

export interface WorkAhead {
  /** Facts that are about to be appended. Who hears of them does so when they have left. */
  readonly tell: (facts: ReadonlyArray<AnyFact>) => void
  /** Hears of such facts until the scope closes. */
  readonly hear: (prepare: (fact: AnyFact) => void) => Effect.Effect<void, never, Scope.Scope>
}

/** By default nobody is told; who composes several actors has them share one. */
export const Ahead = Context.Reference<WorkAhead>("wadjet/infra/Ahead", {
  defaultValue: () => ({ tell: () => {}, hear: () => Effect.void })
})

export const makeAhead = (): WorkAhead => {
  const hearing = new Set<(fact: AnyFact) => void>()

  const prepare = (facts: ReadonlyArray<AnyFact>) => {
    for (const one of hearing)
      try {
        facts.forEach(one)
      } catch {
        // It is handed out all the same, and what is wrong with it is said then.
      }
  }

  return {
    tell: (facts) => {
      // What is written in this turn of the event loop is on its way in the next one.
      if (hearing.size > 0 && facts.length <= factsMax) setImmediate(prepare, facts)
    },
    hear: (one) =>
      Effect.asVoid(
        Effect.acquireRelease(
          Effect.sync(() => void hearing.add(one)),
          () => Effect.sync(() => void hearing.delete(one))
        )
      )
  }
}
