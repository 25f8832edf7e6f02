import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Stream } from "effect"
import { headers } from "@nats-io/transport-node"
import type { JsMsg } from "@nats-io/jetstream"
import { headerNames } from "../../contracts/envelope.ts"
import { eventStream } from "../../contracts/streams.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { headerBlockOf, headerIn, headersOf } from "../../infra/event-log/header-block.ts"
import { jetStreamLog } from "../../infra/event-log/jetstream-log.ts"
import { ensureStream } from "../../infra/event-log/stream-setup.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { Nats } from "../../infra/nats/connection.ts"
import { eventLogContract } from "./event-log.contract.ts"
import { emptyJetStreamLog, jetStreamLogOn, ownNats, Server } from "./event-log/jetstream-subject.ts"
import {
  appendEach,
  Behind,
  by,
  chat,
  entry,
  muted,
  readEvents,
  sequencesOf,
  unmuted,
  upFrom
} from "./event-log/subject.ts"

const refused = (run: () => Promise<unknown>) => Effect.flip(Effect.tryPromise(run))

describe("the log on JetStream", () => {
  describe("keeps the contract of the event log", () => {
    eventLogContract(it.live, emptyJetStreamLog)
  })

  it.live("guards what is in its stream: no message can be deleted or purged", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const { manager } = yield* Nats
      yield* log.append([entry("a", muted(1))], by)
      yield* refused(() => manager.streams.deleteMessage(eventStream.name, 1))
      yield* refused(() => manager.streams.purge(eventStream.name))
      expect(yield* log.last).toBe(1)
    }).pipe(Effect.provide(emptyJetStreamLog))
  )

  it.live("is made once by several processes that start together, and shows them one generation", () =>
    Effect.gen(function* () {
      const { manager } = yield* Nats
      const made = yield* Effect.all(
        upFrom(1, 4).map(() => ensureStream(manager, eventStream)),
        { concurrency: "unbounded" }
      )
      expect(new Set(made.map(({ generation }) => generation)).size).toBe(1)
      expect(made[0]!.generation).toMatch(/^[0-9a-f]{12}$/)
    }).pipe(Effect.provide(ownNats))
  )

  it.live("reports a hole, and a reader never passes over it", () =>
    Effect.gen(function* () {
      const { manager } = yield* Nats
      yield* ensureStream(manager, { ...eventStream, immutable: false })
      const log = yield* EventLog.pipe(
        Effect.provide(jetStreamLog.pipe(Layer.provide(sqliteKeyring(":memory:"))))
      )
      yield* appendEach(
        log,
        "a",
        upFrom(1, 5).map((number) => muted(number))
      )
      yield* Effect.promise(() => manager.streams.deleteMessage(eventStream.name, 3))
      const damaged = yield* Effect.flip(readEvents(log, { from: 1 }, 5))
      expect(damaged).toMatchObject({ _tag: "DamagedLog", expected: 3, found: 4 })
      yield* Effect.promise(() => manager.streams.deleteMessage(eventStream.name, 1))
      expect(yield* Effect.flip(readEvents(log, { from: 1 }, 5))).toMatchObject({ expected: 1, found: 2 })
      const filtered = yield* readEvents(log, { from: 1, events: ["policy.muted"] }, 3)
      expect(sequencesOf(filtered.events)).toEqual([2, 4, 5])
    }).pipe(Effect.provide(ownNats))
  )

  it.live("reads the headers of a message where the client keeps them, as the client itself would", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const { jetstream } = yield* Nats
      yield* log.append([entry("a", muted(1))], { actor: "verdict", cause: "cause 1: ä" })
      const message = yield* Effect.promise(async () => {
        const consumer = await jetstream.consumers.get(eventStream.name)
        return (await consumer.next())!
      })
      const block = headerBlockOf(message)!
      expect(block).toBeDefined()
      for (const name of [...Object.values(headerNames), "ce-missing", "e-id", "CE-ID"])
        expect(headerIn(block, name)).toBe(message.headers!.get(name))
      expect(headersOf({ headers: message.headers } as JsMsg)("wadjet-cause")).toBe("cause 1: ä")
    }).pipe(Effect.provide(emptyJetStreamLog))
  )

  it.live("takes a message of a foreign publisher for what it is: unreadable", () =>
    Effect.gen(function* () {
      const { connection } = yield* Nats
      const log = yield* EventLog
      yield* Effect.promise(() =>
        connection.request("evt.nobody.policy.all.muted", new Uint8Array([0xff, 0xfe]), {
          headers: headers(),
          timeout: 5_000
        })
      )
      const { events } = yield* readEvents(log, { from: 1 }, 1)
      expect(events).toMatchObject([{ type: "unreadable", sequence: 1, context: "policy", boundary: "all" }])
    }).pipe(Effect.provide(emptyJetStreamLog))
  )
})

/** How often the server is killed, and how much is appended around each kill. */
const kills = 3
const appendsPerKill = 60

it.live(
  "loses nothing that was acknowledged when the server is killed, and readers go on without a gap or a repeat",
  () =>
    Effect.gen(function* () {
      const server = yield* Server
      const log = yield* EventLog
      const { pass } = yield* Behind
      const total = kills * appendsPerKill
      const acknowledged = new Map<string, number>()
      const seen: Array<number> = []
      const filtered: Array<number> = []
      const worked = new Set<number>()
      const all = yield* Effect.forkScoped(follow(log, {}, seen, total))
      const some = yield* Effect.forkScoped(follow(log, { contexts: ["policy"] }, filtered, total))
      const inputs = yield* log.work({
        durable: "scan",
        events: ["policy.muted"],
        ackWaitSeconds: 2,
        inFlightMax: 10
      })
      const everyInput = yield* Deferred.make<void>()
      yield* Stream.runForEach(inputs, ({ done, event }) => {
        worked.add(event.sequence)
        return worked.size < total / 2 ? done : Effect.andThen(done, Deferred.succeed(everyInput, undefined))
      }).pipe(Effect.forkScoped)

      const store = (number: number) =>
        log
          .append([entry(`k${number}`, number % 2 === 0 ? muted(number % 5) : unmuted(number % 5))], by)
          .pipe(
            Effect.retry({ while: ({ _tag }) => _tag === "LogUnavailable" }),
            Effect.map(({ sequence }) => acknowledged.set(`k${number}`, sequence))
          )
      for (let kill = 0; kill < kills; kill++) {
        const writer = yield* Effect.forkChild(
          Effect.forEach(upFrom(kill * appendsPerKill, appendsPerKill), store, { discard: true })
        )
        yield* pass(20)
        yield* server.kill9
        yield* server.restart
        yield* Fiber.join(writer)
      }
      yield* Fiber.join(all)
      yield* Fiber.join(some)
      yield* Deferred.await(everyInput)
      expect(yield* log.last).toBe(total)
      expect([...acknowledged.values()].toSorted((a, b) => a - b)).toEqual(upFrom(1, total))
      expect(seen).toEqual(upFrom(1, total))
      expect(filtered).toEqual(upFrom(1, total))
      for (const [id, sequence] of acknowledged)
        expect(yield* log.get(sequence)).toMatchObject({ id, sequence })
      expect(yield* log.lastOf("policy", chat(0))).toBeGreaterThan(0)
    }).pipe(Effect.provide(jetStreamLogOn.pipe(Layer.provideMerge(Server.layer({})))))
)

const follow = (
  log: EventLog["Service"],
  what: { readonly contexts?: readonly ["policy"] },
  into: Array<number>,
  total: number
) =>
  log.read({ from: 1, ...what }).pipe(
    Stream.takeUntil(({ events }) => into.push(...sequencesOf(events)) >= total),
    Stream.runDrain
  )
