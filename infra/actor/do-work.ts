/**
 * Doing the open work of a process manager: by priority, one piece per lane, with local retry. Nothing is
 * polled: it sleeps until a fold, a finished piece or a due time wakes it.
 */
import { Clock, Effect, Fiber, Latch } from "effect"
import type { AnyEvent } from "../../contracts/catalogue.ts"
import type { Fact } from "../../contracts/event.ts"
import { parseEventSubject } from "../../contracts/subjects.ts"
import { metrics } from "../telemetry/metrics.ts"
import { inSpan } from "../telemetry/trace.ts"
import type { Folding } from "./fold-log.ts"
import type { Lanes } from "./lanes.ts"
import type { ActError, Performed, ProcessManager, Self } from "./process-manager.ts"
import type { Work } from "./state.ts"
import type { StateStore } from "./state-store.ts"

/** The first and the longest wait before work that failed is tried again. */
const retryFirstMillis = 100
const retryLongestMillis = 30_000
/** Nothing is to be done, and nothing was folded, for as long: a moment in which what can wait is done. */
const quietMillis = 10
/** A clock that is set back or forth is noticed within this time. */
const sleepLongestMillis = 30_000

export const doWork = <L extends AnyEvent, P extends AnyEvent, R>(
  actor: ProcessManager<L, P, R>,
  store: StateStore,
  lanes: Lanes,
  begin: () => Self<Fact<P>>,
  folding: Folding,
  /** Is told how to look for work again, and how to wake what waits for that. */
  onWake: (wake: () => void, wakeAll: () => void) => void
): Effect.Effect<never, never, R> =>
  Effect.gen(function* () {
    const latch = Latch.makeUnsafe(false)
    const wake = () => void latch.openUnsafe()
    const services = yield* Effect.context<R>()
    /** How often all that waits for it was woken: who asks meanwhile is not missed. */
    let wakings = 0
    // What an earlier run held for reasons of its own is asked anew.
    store.work.letGo("all")
    onWake(wake, () => {
      wakings += 1
      store.work.letGo("wakeable")
      wake()
    })
    /** By the work itself: what is closed is forgotten with it, and what is opened again begins anew. */
    const attempts = new WeakMap<Work, number>()
    const running = actor.slots.map(() => 0)

    /** What waits in a lane holds back its own priority there: a warning does not wait for a turn of bulk. */
    const postpone = (work: Work, until: number) => store.work.hold(work.priority, work.lane, until)

    const hold = (
      work: Work,
      { everywhere, later, orWoken }: NonNullable<Performed>,
      wakingsBefore: number
    ) => {
      if (orWoken && wakings !== wakingsBefore) return
      if (everywhere) store.work.holdAll(work.priority, later)
      else store.work.hold(work.priority, work.lane, later, orWoken)
    }

    const failed = Effect.fnUntraced(function* (work: Work, error: ActError) {
      metrics.failed.inc({ actor: actor.name, what: work.kind })
      if (error._tag === "Conflict") {
        yield* folding.reached(error.actual).pipe(Effect.timeoutOption("1 second"))
        const place = parseEventSubject(error.boundary)
        const known = place === undefined ? 0 : store.state.head(place.context, place.boundary)
        if (known >= error.actual) return
        // The boundary waits for a person, or its fold is late: trying at once would only spin.
      }
      const attempt = (attempts.get(work) ?? 0) + 1
      attempts.set(work, attempt)
      const wait = Math.min(retryFirstMillis * 2 ** (attempt - 1), retryLongestMillis)
      postpone(work, (yield* Clock.currentTimeMillis) + wait)
      yield* Effect.logWarning("work failed and is tried again", {
        actor: actor.name,
        work: work.kind,
        attempt,
        waitMillis: wait,
        error: error.message
      })
    })

    /** Another writer may have closed or changed it since it was chosen; it is chosen again as it is now. */
    const attempt = (work: Work): Effect.Effect<Performed | "changed", ActError, R> =>
      Effect.suspend((): Effect.Effect<Performed | "changed", ActError, R> =>
        store.work.get(work.key) === work ? actor.perform(work, begin()) : Effect.succeed("changed")
      )

    const perform = Effect.fnUntraced(function* (work: Work) {
      const began = yield* Clock.currentTimeMillis
      const before = folding.expected()
      const wakingsBefore = wakings
      const performed = yield* attempt(work).pipe(
        inSpan(`${actor.name}.${work.kind}`, work, { actor: actor.name, lane: work.lane })
      )
      if (performed === "changed") return
      const now = yield* Clock.currentTimeMillis
      // Whatever it said is known before its lane is given back, also where there is more to do later.
      yield* folding.reached(folding.expected())
      if (performed !== undefined) return hold(work, performed, wakingsBefore)
      attempts.delete(work)
      metrics.handled.inc({ actor: actor.name, what: work.kind })
      metrics.duration.observe({ actor: actor.name, what: work.kind }, (now - began) / 1_000)
      // Work that neither said anything nor was closed would be done again at once, for ever.
      if (folding.expected() === before && store.work.has(work.key))
        postpone(work, now + retryFirstMillis * 10)
    })

    const start = (work: Work) => {
      lanes.take(work.lane)
      running[work.priority]! += 1
      return perform(work).pipe(
        Effect.catch((error) => failed(work, error)),
        Effect.catchCause((cause) =>
          Effect.gen(function* () {
            postpone(work, (yield* Clock.currentTimeMillis) + retryLongestMillis)
            yield* Effect.logError(
              "work broke; it is tried again later",
              { actor: actor.name, work: work.kind },
              cause
            )
          })
        ),
        Effect.ensuring(
          Effect.sync(() => {
            running[work.priority]! -= 1
            lanes.release(work.lane)
          })
        ),
        Effect.provideContext(services),
        Effect.forkScoped({ startImmediately: true })
      )
    }

    const startAll = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      for (const [priority, slots] of actor.slots.entries()) {
        while (running[priority]! < slots && !lanes.isClosed()) {
          const work = store.work.next(priority, now, lanes.isBusy)
          if (work === undefined) break
          yield* start(work)
        }
      }
      metrics.openWork.set({ actor: actor.name }, store.work.size())
      const since = store.work.waitingSince(now) ?? now
      metrics.oldest.set({ actor: actor.name }, Math.max(0, now - since) / 1_000)
      return now
    })

    /** Wakes it at a moment; one alarm for many rounds, for most are over long before it. */
    let alarm: { readonly at: number; readonly fiber: Fiber.Fiber<void> } | undefined
    const wakeBy = Effect.fnUntraced(function* (at: number, now: number) {
      if (alarm !== undefined && alarm.at > now && alarm.at <= at) return
      if (alarm !== undefined) yield* Fiber.interrupt(alarm.fiber)
      const ringing = Effect.sync(() => {
        alarm = undefined
        wake()
      })
      const fiber = yield* Effect.andThen(Effect.sleep(at - now), ringing).pipe(
        Effect.forkScoped({ startImmediately: true })
      )
      alarm = { at, fiber }
    })

    const sleep = Effect.fnUntraced(function* (now: number) {
      const due = store.work.nextDue(now) ?? Infinity
      const wait = Math.min(Math.max(1, due - now), sleepLongestMillis)
      // Work that is under way wakes it when it ends.
      const tidies = store.isUntidy() && running.every((count) => count === 0)
      if (!tidies) {
        yield* wakeBy(now + wait, now)
        return yield* latch.await
      }
      const woken = yield* latch.await.pipe(Effect.timeoutOption(Math.min(wait, quietMillis)))
      if (woken._tag === "None") store.tidy()
    })

    const round = Effect.suspend(() => {
      latch.closeUnsafe()
      return Effect.flatMap(startAll, sleep)
    })
    // It waits in each round: a turn of the event loop more would only delay what it was woken for.
    return yield* Effect.forever(round, { disableYield: true })
  }).pipe(Effect.scoped)
