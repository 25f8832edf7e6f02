/** Appending in an actor's name: with its expectations, deterministic ids, and only while its lease holds. */
import { Effect } from "effect"
import type { AnyEvent, AnyFact } from "../../contracts/catalogue.ts"
import { eventTypeOf } from "../../contracts/catalogue.ts"
import { boundaryOf, contexts } from "../../contracts/contexts.ts"
import { eventId } from "../../contracts/ids.ts"
import type { Appended, AppendError, Entry, EventLogService } from "../event-log/event-log.ts"
import { type Lease, LeaseLost } from "../leases/leases.ts"
import { metrics } from "../telemetry/metrics.ts"
import { traceparentOf } from "../telemetry/trace.ts"
import type { Folding } from "./fold-log.ts"
import type { Caused, ProcessManager, Reason } from "./process-manager.ts"
import type { StateStore } from "./state-store.ts"

export const appendAs = <L extends AnyEvent, P extends AnyEvent, R>(
  actor: ProcessManager<L, P, R>,
  store: StateStore,
  log: EventLogService,
  lease: Lease,
  folding: Folding
) => {
  /** Only the first fact of a boundary carries its expectation; the server takes one per batch and boundary. */
  const entriesOf = (facts: ReadonlyArray<Caused<AnyFact>>, guard: boolean): ReadonlyArray<Entry> => {
    const guarded = new Set<string>()
    return facts.map(({ cause, part, fact }) => {
      const id = eventId(cause, actor.name, part)
      const { context } = eventTypeOf(fact.type)!
      const boundary = boundaryOf(context, fact.data)
      const key = `${context}.${boundary}`
      const expects =
        guard &&
        actor.owns.includes(context) &&
        contexts[context].expectation === "boundary" &&
        !guarded.has(key)
      if (!expects) return { fact, id }
      guarded.add(key)
      return { fact, id, expected: store.state.head(context, boundary) }
    })
  }

  return (
    reason: Reason,
    facts: ReadonlyArray<Caused<AnyFact>>,
    guard = true
  ): Effect.Effect<Appended, AppendError | LeaseLost> =>
    Effect.suspend((): Effect.Effect<Appended, AppendError | LeaseLost> => {
      if (!lease.isHeld())
        return Effect.fail(
          new LeaseLost({
            name: actor.name,
            message: `${actor.name} no longer holds its lease and writes nothing`
          })
        )
      const entries = entriesOf(facts, guard) as readonly [Entry, ...Array<Entry>]
      const { cause, correlation } = reason
      const provenance = {
        actor: actor.name,
        cause,
        correlation,
        traceparent: traceparentOf(cause, correlation)
      }
      return log.append(entries, provenance).pipe(
        Effect.tap((appended) =>
          Effect.sync(() => {
            metrics.appends.inc({ actor: actor.name })
            folding.expect(lastOwn(actor, facts, appended))
          })
        )
      )
    })
}

/**
 * The sequence of the last of the facts that the actor itself will fold; 0 where there is none. Facts that
 * the log held already stand side by side there too, as they were stored.
 */
const lastOwn = <L extends AnyEvent, P extends AnyEvent, R>(
  actor: ProcessManager<L, P, R>,
  facts: ReadonlyArray<Caused<AnyFact>>,
  appended: Appended
): number => {
  const behind = facts
    .toReversed()
    .findIndex(({ fact }) => actor.owns.includes(eventTypeOf(fact.type)!.context))
  return behind < 0 ? 0 : appended.sequence - behind
}
