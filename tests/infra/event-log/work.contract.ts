/** What any event log promises to a group of replicas that take work from it. */
import { expect } from "@effect/vitest"
import { Effect, Exit, Fiber, Queue, Scope, Stream } from "effect"
import {
  type Delivery,
  EventLog,
  type EventLogService,
  type WorkOptions
} from "../../../infra/event-log/event-log.ts"
import { appendEach, Behind, type LogTest, muted, unmuted, upFrom } from "./subject.ts"

const group: WorkOptions = { durable: "scan", events: ["policy.muted"], ackWaitSeconds: 1, inFlightMax: 20 }
const ackWaitMillis = 1_000

/** A replica whose deliveries wait in a queue, until its scope closes or it is crashed. */
const replica = Effect.fnUntraced(function* (log: EventLogService, options: WorkOptions = group) {
  const scope = yield* Scope.fork(yield* Scope.Scope)
  const queue = yield* Queue.unbounded<Delivery>()
  const stream = yield* Scope.provide(log.work(options), scope)
  yield* Stream.runForEach(stream, (delivery) => Queue.offer(queue, delivery)).pipe(Effect.forkIn(scope))
  return { next: Queue.take(queue), waiting: Queue.size(queue), crash: Scope.close(scope, Exit.void) }
})

export const workContract = (it: LogTest): void => {
  it(
    "hands each input that the group listens to, to one replica",
    Effect.gen(function* () {
      const log = yield* EventLog
      const { pass } = yield* Behind
      const replicas = [yield* replica(log), yield* replica(log)]
      const seen: Array<number> = []
      const workers = yield* Effect.forEach(replicas, ({ next }) =>
        Effect.forkChild(
          Effect.forever(
            Effect.flatMap(next, ({ attempt, done, event }) => {
              if (attempt === 1) seen.push(event.sequence)
              return done
            })
          )
        )
      )
      yield* appendEach(
        log,
        "a",
        upFrom(1, 40).map((number) => (number % 2 === 0 ? unmuted(1) : muted(1)))
      )
      for (let waited = 0; seen.length < 20 && waited < 100; waited++) yield* pass(20)
      yield* pass(ackWaitMillis + 500)
      yield* Fiber.interruptAll(workers)
      expect(seen.toSorted((a, b) => a - b)).toEqual(upFrom(0, 20).map((index) => 2 * index + 1))
    })
  )

  it(
    "hands an input out again when its replica did not settle it in time, and counts the attempts",
    Effect.gen(function* () {
      const log = yield* EventLog
      const { pass } = yield* Behind
      const { next, waiting } = yield* replica(log)
      yield* appendEach(log, "a", [muted(1)])
      expect((yield* next).attempt).toBe(1)
      yield* pass(ackWaitMillis / 2)
      expect(yield* waiting).toBe(0)
      yield* pass(ackWaitMillis)
      const again = yield* next
      expect(again).toMatchObject({ attempt: 2, event: { sequence: 1 } })
      yield* again.done
      yield* pass(2 * ackWaitMillis)
      expect(yield* waiting).toBe(0)
    })
  )

  it(
    "waits longer for an input whose replica says that it is still working",
    Effect.gen(function* () {
      const log = yield* EventLog
      const { pass } = yield* Behind
      const { next, waiting } = yield* replica(log)
      yield* appendEach(log, "a", [muted(1)])
      const delivery = yield* next
      for (let half = 0; half < 4; half++) {
        yield* pass(ackWaitMillis / 2)
        yield* delivery.extend
      }
      expect(yield* waiting).toBe(0)
      yield* pass(2 * ackWaitMillis)
      expect((yield* next).attempt).toBe(2)
    })
  )

  it(
    "hands an input out again after the while that its replica asked for",
    Effect.gen(function* () {
      const log = yield* EventLog
      const { pass } = yield* Behind
      const { next, waiting } = yield* replica(log)
      yield* appendEach(log, "a", [muted(1)])
      yield* (yield* next).again(3 * ackWaitMillis)
      yield* pass(2 * ackWaitMillis)
      expect(yield* waiting).toBe(0)
      yield* pass(2 * ackWaitMillis)
      const second = yield* next
      expect(second.attempt).toBe(2)
      yield* second.again(0)
      yield* pass(300)
      expect((yield* next).attempt).toBe(3)
    })
  )

  it(
    "gives what a crashed replica had in hand to another one, and keeps what was settled settled",
    Effect.gen(function* () {
      const log = yield* EventLog
      const { pass } = yield* Behind
      const first = yield* replica(log)
      yield* appendEach(log, "a", [muted(1), muted(2), muted(3)])
      yield* (yield* first.next).done
      expect((yield* first.next).event.sequence).toBe(2)
      yield* pass(100)
      yield* first.crash
      const second = yield* replica(log)
      yield* pass(1.2 * ackWaitMillis)
      const seen = [yield* second.next, yield* second.next]
      expect(seen.map(({ event }) => event.sequence).toSorted()).toEqual([2, 3])
      yield* Effect.forEach(seen, ({ done }) => done)
      yield* pass(2 * ackWaitMillis)
      expect(yield* second.waiting).toBe(0)
    })
  )

  it(
    "hands out no more inputs at once than the group may have in work",
    Effect.gen(function* () {
      const log = yield* EventLog
      const { pass } = yield* Behind
      const options = { ...group, ackWaitSeconds: 30, inFlightMax: 3 }
      const { next, waiting } = yield* replica(log, options)
      yield* appendEach(
        log,
        "a",
        upFrom(1, 5).map(() => muted(1))
      )
      yield* pass(300)
      expect(yield* waiting).toBe(3)
      yield* (yield* next).done
      yield* pass(300)
      expect(yield* waiting).toBe(3)
    })
  )

  it(
    "goes on where the group was, under new terms as well",
    Effect.gen(function* () {
      const log = yield* EventLog
      const { pass } = yield* Behind
      const first = yield* replica(log)
      yield* appendEach(log, "a", [unmuted(1), muted(1)])
      yield* (yield* first.next).done
      yield* pass(100)
      yield* first.crash
      const second = yield* replica(log, {
        ...group,
        events: ["policy.muted", "policy.unmuted"],
        inFlightMax: 5
      })
      yield* appendEach(log, "b", [muted(2), unmuted(2)])
      const seen = [yield* second.next, yield* second.next]
      expect(seen.map(({ event }) => event.sequence)).toEqual([3, 4])
    })
  )

  it(
    "gives each group all of its inputs",
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* appendEach(log, "a", [muted(1)])
      const one = yield* replica(log)
      const other = yield* replica(log, { ...group, durable: "other" })
      expect((yield* one.next).event.sequence).toBe(1)
      expect((yield* other.next).event.sequence).toBe(1)
    })
  )
}
