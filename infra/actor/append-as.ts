/** Appending in an actor's name: with its expectations, deterministic ids, and only while its lease holds. */
import { Effect } from "effect"
import type { AnyEvent, AnyFact } from "../../contracts/catalogue.ts"
import { eventTypeOf } from "../../contracts/catalogue.ts"
import { boundaryOf, type Context as EventContext, contexts } from "../../contracts/contexts.ts"
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
  folding: Pick<Folding, "expect">
) => {
  /** Only the first fact of a boundary carries its expectation; the server takes one per batch and boundary. */
  const entriesOf = (
    facts: ReadonlyArray<Caused<AnyFact>>,
    expectedOf: ((context: EventContext, boundary: string) => number) | undefined
  ): ReadonlyArray<Entry> => {
    const guarded = new Set<string>()
    return facts.map(({ cause, part, fact }) => {
      const id = eventId(cause, actor.name, part)
      const { context } = eventTypeOf(fact.type)!
      const boundary = boundaryOf(context, fact.data)
      const key = `${context}.${boundary}`
      const expects =
        expectedOf !== undefined &&
        actor.owns.includes(context) &&
        contexts[context].expectation === "boundary" &&
        !guarded.has(key)
      if (!expects) return { fact, id }
      guarded.add(key)
      return { fact, id, expected: expectedOf(context, boundary) }
    })
  }

  const append = (
    reason: Reason,
    entries: ReadonlyArray<Entry>,
    facts: ReadonlyArray<Caused<AnyFact>>
  ): Effect.Effect<Appended, AppendError | LeaseLost> =>
    Effect.suspend((): Effect.Effect<Appended, AppendError | LeaseLost> => {
      if (!lease.isHeld())
        return Effect.fail(
          new LeaseLost({
            name: actor.name,
            message: `${actor.name} no longer holds its lease and writes nothing`
          })
        )
      const { cause, correlation } = reason
      const provenance = {
        actor: actor.name,
        cause,
        correlation,
        traceparent: traceparentOf(cause, correlation)
      }
      return log.append(entries as readonly [Entry, ...Array<Entry>], provenance).pipe(
        Effect.tap((appended) =>
          Effect.sync(() => {
            metrics.appends.inc({ actor: actor.name })
            folding.expect(lastOwn(actor, facts, appended))
          })
        )
      )
    })

  /**
   * Begins an attempt at something. Whatever it decides rests on the state as it is now, so it expects its
   * boundaries to end where they end now, or with its own last append: what another writer adds meanwhile,
   * though it be folded already, was not decided upon.
   */
  return () => {
    const began = store.folded()
    const own = new Map<string, number>()
    const placeOf = (context: EventContext, boundary: string) => `${context}.${boundary}`
    const expectedOf = (context: EventContext, boundary: string) =>
      Math.max(Math.min(store.state.head(context, boundary), began), own.get(placeOf(context, boundary)) ?? 0)
    const remember = (entries: ReadonlyArray<Entry>, { sequence }: Appended) =>
      entries.forEach(({ fact }, index) => {
        const { context } = eventTypeOf(fact.type)!
        own.set(placeOf(context, boundaryOf(context, fact.data)), sequence - (entries.length - 1 - index))
      })
    return (reason: Reason, facts: ReadonlyArray<Caused<AnyFact>>, guard = true) =>
      Effect.suspend(() => {
        const entries = entriesOf(facts, guard ? expectedOf : undefined)
        return Effect.tap(append(reason, entries, facts), (appended) =>
          Effect.sync(() => {
            // What expected nothing says nothing about what stands before it.
            if (guard) remember(entries, appended)
          })
        )
      })
  }
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
