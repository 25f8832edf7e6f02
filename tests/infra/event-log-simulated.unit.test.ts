import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { type FaultPlan, simulatedLog } from "../../infra/event-log/simulated-log.ts"
import {
  loseMessage,
  makeSimulatedStore,
  storedMessage,
  storeRaw
} from "../../infra/event-log/simulated-store.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { eventLogContract } from "./event-log.contract.ts"
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

const keyring = sqliteKeyring(":memory:")

const contractLayer = Layer.suspend(() => {
  const store = makeSimulatedStore()
  const behind = Layer.succeed(Behind, {
    store: (subject, headers, data) =>
      Effect.sync(() => storeRaw(store, { subject, headers: Object.entries(headers), data })),
    show: (sequence) =>
      Effect.sync(() => {
        const { data, header } = storedMessage(store.messages[sequence - 1]!)
        return { header, data: data() }
      }),
    pass: (millis) => TestClock.adjust(millis)
  })
  return Layer.mergeAll(simulatedLog({ store }).pipe(Layer.provideMerge(keyring)), behind)
})

describe("the simulated log keeps the contract of the event log", () => {
  eventLogContract(it.effect, contractLayer)
})

const withFaults = (faults: FaultPlan, store = makeSimulatedStore()) =>
  simulatedLog({ store, faults }).pipe(Layer.provide(keyring))

const onLog = <A, E>(
  layer: Layer.Layer<EventLog, unknown>,
  test: (log: EventLog["Service"]) => Effect.Effect<A, E, Scope.Scope>
) => Effect.provide(Effect.flatMap(EventLog, test), layer)

describe("a simulated fault", () => {
  it.effect("loses an append before it is stored, and a retry stores it", () => {
    const answers = [{ lost: "before" as const }, {}]
    return onLog(withFaults({ append: () => answers.shift()! }), (log) =>
      Effect.gen(function* () {
        expect(yield* Effect.flip(log.append([entry("a", muted(1), 0)], by))).toMatchObject({
          _tag: "LogUnavailable"
        })
        expect(yield* log.last).toBe(0)
        expect(yield* log.append([entry("a", muted(1), 0)], by)).toEqual({ sequence: 1, duplicate: false })
      })
    )
  })

  it.effect("loses the answer to an append that is stored, and a retry adopts it", () => {
    const answers = [{ lost: "answer" as const }, {}]
    return onLog(withFaults({ append: () => answers.shift()! }), (log) =>
      Effect.gen(function* () {
        expect(yield* Effect.flip(log.append([entry("a", muted(1), 0)], by))).toMatchObject({
          _tag: "LogUnavailable"
        })
        expect(yield* log.last).toBe(1)
        expect(yield* log.append([entry("a", muted(1), 0)], by)).toEqual({ sequence: 1, duplicate: true })
      })
    )
  })

  it.effect("holds an append up, which arrives although its writer has crashed meanwhile", () =>
    onLog(withFaults({ append: () => ({ delayMillis: 100 }) }), (log) =>
      Effect.gen(function* () {
        const writer = yield* Effect.forkChild(log.append([entry("a", muted(1), 0)], by))
        yield* TestClock.adjust(50)
        expect(yield* log.last).toBe(0)
        yield* Fiber.interrupt(writer)
        yield* TestClock.adjust(50)
        expect(yield* log.last).toBe(1)
      })
    )
  )

  it.effect("lets a held-up writer lose against one that came after it", () => {
    const delays = [100, 0]
    return onLog(withFaults({ append: () => ({ delayMillis: delays.shift()! }) }), (log) =>
      Effect.gen(function* () {
        const slow = yield* Effect.forkChild(Effect.flip(log.append([entry("a", muted(1), 0)], by)))
        yield* TestClock.adjust(1)
        yield* log.append([entry("b", unmuted(1), 0)], by)
        yield* TestClock.adjust(100)
        expect(yield* Fiber.join(slow)).toMatchObject({ _tag: "Conflict", expected: 0, actual: 1 })
      })
    )
  })

  const inputs = { durable: "scan", events: ["policy.muted"], ackWaitSeconds: 1, inFlightMax: 5 } as const

  it.effect("hands an input out twice at once", () =>
    onLog(withFaults({ delivery: ({ attempt }) => ({ twice: attempt === 1 }) }), (log) =>
      Effect.gen(function* () {
        yield* log.append([entry("a", muted(1))], by)
        const seen = yield* Stream.runCollect(Stream.take(yield* log.work(inputs), 2))
        expect(seen.map(({ attempt, event }) => [event.sequence, attempt])).toEqual([
          [1, 1],
          [1, 2]
        ])
      })
    )
  )

  it.effect("loses an acknowledgement, so that the input comes again", () =>
    onLog(withFaults({ delivery: ({ attempt }) => ({ acknowledgementLost: attempt === 1 }) }), (log) =>
      Effect.gen(function* () {
        yield* log.append([entry("a", muted(1))], by)
        const attempts: Array<number> = []
        yield* Stream.runForEach(yield* log.work(inputs), ({ attempt, done }) => {
          attempts.push(attempt)
          return done
        }).pipe(Effect.forkScoped)
        yield* TestClock.adjust(5_000)
        expect(attempts).toEqual([1, 2])
      })
    )
  )

  it.effect("holds inputs and batches back", () =>
    onLog(withFaults({ heldBackMillis: () => 500, readDelayMillis: () => 300 }), (log) =>
      Effect.gen(function* () {
        yield* log.append([entry("a", muted(1))], by)
        const work = yield* log.work(inputs)
        const input = yield* Effect.forkChild(Stream.runHead(work))
        const batch = yield* Effect.forkChild(Stream.runHead(log.read({ from: 1 })))
        yield* TestClock.adjust(299)
        expect(batch.pollUnsafe()).toBeUndefined()
        yield* TestClock.adjust(1)
        expect(batch.pollUnsafe()).toBeDefined()
        yield* TestClock.adjust(199)
        expect(input.pollUnsafe()).toBeUndefined()
        yield* TestClock.adjust(1)
        expect(input.pollUnsafe()).toBeDefined()
      })
    )
  )

  it.effect("makes a hole, which a reader of the whole log reports and never passes over", () => {
    const store = makeSimulatedStore()
    return onLog(withFaults({}, store), (log) =>
      Effect.gen(function* () {
        yield* appendEach(log, "a", upFrom(1, 5).map(muted))
        loseMessage(store, 3)
        expect(yield* Effect.flip(readEvents(log, { from: 1 }, 5))).toMatchObject({
          _tag: "DamagedLog",
          expected: 3,
          found: 4
        })
      })
    )
  })
})

it.effect("a store outlives a crash of everything that used it", () =>
  Effect.gen(function* () {
    const store = makeSimulatedStore({ generation: "g1" })
    const keys = yield* Layer.build(keyring)
    const live = (): Effect.Effect<{ log: EventLog["Service"]; crash: Effect.Effect<void> }> =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const built = yield* Layer.buildWithScope(
          simulatedLog({ store }).pipe(Layer.provide(Layer.succeedContext(keys))),
          scope
        )
        return { log: yield* Effect.provide(EventLog, built), crash: Scope.close(scope, Exit.void) }
      })
    const first = yield* live()
    yield* first.log.append([entry("a", muted(1), 0)], by)
    yield* first.crash
    const second = yield* live()
    expect(second.log.generation).toBe("g1")
    expect(yield* second.log.append([entry("a", muted(1), 0)], by)).toEqual({ sequence: 1, duplicate: true })
    expect(yield* second.log.append([entry("b", muted(1), 1)], by)).toEqual({ sequence: 2, duplicate: false })
    expect(sequencesOf((yield* readEvents(second.log, { from: 1 }, 2)).events)).toEqual([1, 2])
  })
)

it.effect("a repeated id is forgotten after the window that the store was given", () =>
  onLog(withFaults({}, makeSimulatedStore({ duplicateWindowMillis: 1_000 })), (log) =>
    Effect.gen(function* () {
      yield* log.append([entry("a", muted(1))], by)
      yield* TestClock.adjust(1_000)
      expect(yield* log.append([entry("a", muted(1))], by)).toMatchObject({ duplicate: true })
      yield* TestClock.adjust(1)
      expect(yield* log.append([entry("a", muted(1))], by)).toEqual({ sequence: 2, duplicate: false })
      expect(yield* log.append([entry("a", muted(1), 0)], by)).toEqual({ sequence: 1, duplicate: true })
      expect(yield* log.lastOf("policy", chat(1))).toBe(2)
    })
  )
)
