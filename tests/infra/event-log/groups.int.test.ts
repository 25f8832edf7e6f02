/** Groups of workers on a server that keeps them in its memory: where they are is never lost, and costs no sync. */
import { expect, it } from "@effect/vitest"
import { AckPolicy, DeliverPolicy } from "@nats-io/jetstream"
import { Effect, Exit, Layer, Queue, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import { eventStream, placeBucket } from "../../../contracts/streams.ts"
import { type Delivery, EventLog, type WorkOptions } from "../../../infra/event-log/event-log.ts"
import { groupPlacesIn } from "../../../infra/event-log/group-places.ts"
import { Nats } from "../../../infra/nats/connection.ts"
import { Server, emptyJetStreamLog, jetStreamLogOn } from "./jetstream-subject.ts"
import { appendEach, muted, upFrom } from "./subject.ts"

const group: WorkOptions = {
  durable: "scan",
  events: ["policy.muted"],
  ackWaitSeconds: 30,
  inFlightMax: 20
}

/** Takes work until it is closed. */
const begin = Effect.fnUntraced(function* (options: WorkOptions = group) {
  const log = yield* EventLog
  const scope = yield* Scope.fork(yield* Scope.Scope)
  const queue = yield* Queue.unbounded<Delivery>()
  const inputs = yield* Scope.provide(log.work(options), scope)
  yield* Stream.runForEach(inputs, (delivery) => Queue.offer(queue, delivery)).pipe(Effect.forkIn(scope))
  return { next: Queue.take(queue), close: Scope.close(scope, Exit.void) }
})

const policies = (count: number) => upFrom(1, count).map((number) => muted(number))

const place = Effect.gen(function* () {
  const nats = yield* Nats
  const { generation } = yield* EventLog
  return (yield* Effect.promise(() => groupPlacesIn(nats, generation))).get("scan")?.sequence
})

const consumer = Effect.flatMap(Nats, ({ manager }) =>
  Effect.promise(() => manager.consumers.info(eventStream.name, "scan"))
)

/** Turns of the event loop, and not the clock: the server answers in its own time. */
const until = <A, E, R>(what: Effect.Effect<A, E, R>, holds: (value: A) => boolean) =>
  Effect.gen(function* () {
    for (;;) {
      const value = yield* what
      if (holds(value)) return value
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))
    }
  })

const onServer = jetStreamLogOn.pipe(Layer.provideMerge(Server.layer({})))

it.live("is kept in the memory of the server: what is settled costs no sync of the disk", () =>
  Effect.gen(function* () {
    yield* begin()
    expect((yield* consumer).config).toMatchObject({ durable_name: "scan", mem_storage: true })
  }).pipe(Effect.scoped, Effect.provide(emptyJetStreamLog))
)

it.live("goes on behind what it had settled when it ended, on a server that was killed meanwhile", () =>
  Effect.gen(function* () {
    const log = yield* EventLog
    const server = yield* Server
    yield* appendEach(log, "a", policies(3))
    const first = yield* begin()
    yield* (yield* first.next).done
    yield* (yield* first.next).done
    yield* until(consumer, ({ ack_floor }) => ack_floor.stream_seq === 2)
    yield* first.close
    yield* server.kill9
    yield* server.restart
    // The connection is back when something is answered again.
    yield* Effect.retry(log.last, { while: ({ _tag }) => _tag === "LogUnavailable" })
    const second = yield* begin()
    expect(yield* second.next).toMatchObject({ attempt: 1, event: { sequence: 3 } })
  }).pipe(Effect.scoped, Effect.provide(onServer))
)

it.live("is handed again what no place says that it is settled, by a server that is killed under it", () =>
  Effect.gen(function* () {
    const log = yield* EventLog
    const server = yield* Server
    yield* appendEach(log, "a", policies(3))
    const replica = yield* begin()
    yield* (yield* replica.next).done
    expect((yield* replica.next).event.sequence).toBe(2)
    expect((yield* replica.next).event.sequence).toBe(3)
    yield* server.kill9
    yield* server.restart
    const again = [yield* replica.next, yield* replica.next, yield* replica.next]
    expect(again.map(({ event }) => event.sequence)).toEqual([1, 2, 3])
    yield* appendEach(log, "b", [muted(4)])
    expect((yield* replica.next).event.sequence).toBe(4)
  }).pipe(Effect.scoped, Effect.provide(onServer))
)

it.live("is made again by its replica where somebody deleted it", () =>
  Effect.gen(function* () {
    const log = yield* EventLog
    const { manager } = yield* Nats
    const replica = yield* begin()
    yield* Effect.promise(() => manager.consumers.delete(eventStream.name, "scan"))
    yield* appendEach(log, "a", [muted(1)])
    expect((yield* replica.next).event.sequence).toBe(1)
  }).pipe(Effect.scoped, Effect.provide(emptyJetStreamLog))
)

it.live("keeps its place every few seconds while it settles, and not when it does not", () =>
  Effect.gen(function* () {
    const log = yield* EventLog
    yield* appendEach(log, "a", policies(2))
    const replica = yield* begin()
    yield* (yield* replica.next).done
    expect((yield* consumer).ack_floor.stream_seq).toBe(0)
    // What is settled is acknowledged together, a moment later.
    yield* TestClock.adjust("15 millis")
    yield* until(consumer, ({ ack_floor }) => ack_floor.stream_seq === 1)
    expect(yield* place).toBe(0)
    yield* TestClock.adjust("5 seconds")
    yield* until(place, (sequence) => sequence === 1)
    const { manager } = yield* Nats
    const stored = Effect.promise(
      async () => (await manager.streams.info(`KV_${placeBucket}`)).state.last_seq
    )
    const before = yield* stored
    yield* TestClock.adjust("1 minute")
    expect(yield* stored).toBe(before)
  }).pipe(Effect.provide(TestClock.layer()), Effect.scoped, Effect.provide(emptyJetStreamLog))
)

it.live("goes on where a version had it that kept it on the disk", () =>
  Effect.gen(function* () {
    const log = yield* EventLog
    const { jetstream, manager } = yield* Nats
    yield* appendEach(log, "a", policies(3))
    yield* Effect.promise(async () => {
      await manager.consumers.add(eventStream.name, {
        durable_name: "scan",
        filter_subjects: ["evt.*.policy.*.muted"],
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All
      })
      const older = await jetstream.consumers.get(eventStream.name, "scan")
      await (await older.next())!.ackAck()
    })
    const replica = yield* begin()
    expect((yield* replica.next).event.sequence).toBe(2)
    expect((yield* consumer).config.mem_storage).toBe(true)
    expect(yield* place).toBe(1)
  }).pipe(Effect.scoped, Effect.provide(emptyJetStreamLog))
)

it.live("takes no place of another generation for its own", () =>
  Effect.gen(function* () {
    const nats = yield* Nats
    const log = yield* EventLog
    yield* appendEach(log, "a", policies(2))
    const first = yield* begin()
    yield* (yield* first.next).done
    yield* until(consumer, ({ ack_floor }) => ack_floor.stream_seq === 1)
    yield* first.close
    expect(yield* place).toBe(1)
    expect(yield* Effect.promise(() => groupPlacesIn(nats, "another"))).toEqual(new Map())
  }).pipe(Effect.scoped, Effect.provide(emptyJetStreamLog))
)
