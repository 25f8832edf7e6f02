/** A database that the log brings back is not mended where its file is damaged, but begun anew. */
import { rmSync } from "node:fs"
import { type Cause, Effect, Predicate } from "effect"
import { isDamage } from "./storage-fault.ts"

const saysDamage = (fault: unknown): boolean =>
  isDamage(fault) || (Predicate.hasProperty(fault, "damaged") && fault.damaged === true)

const isDamaged = <E>(cause: Cause.Cause<E>): boolean =>
  cause.reasons.some(
    (reason) =>
      (reason._tag === "Fail" && saysDamage(reason.error)) ||
      (reason._tag === "Die" && saysDamage(reason.defect))
  )

/**
 * Runs what opens the database of a path, in a scope of its own. Where that fails because the file is damaged, the
 * file is deleted, and whoever supervises it folds the log anew.
 */
export const begunAnewWhereDamaged = <A, E, R>(path: string, run: Effect.Effect<A, E, R>) =>
  Effect.scoped(run).pipe(
    Effect.tapCause((cause) =>
      isDamaged(cause)
        ? Effect.andThen(
            Effect.logWarning("a database is damaged; it is deleted and folded from the log anew", { path }),
            Effect.sync(() => {
              for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true })
            })
          )
        : Effect.void
    )
  )
