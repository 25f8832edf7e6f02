/** One process manager over the simulated log, under a test clock: started, killed and started again at will. */
import Database from "better-sqlite3"
import { Effect, Exit, Fiber, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"
import type { LogMessage } from "../../../infra/event-log/codec.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import type { AnyEvent, AnyFact, AnyRecorded, EventName, RecordedOf } from "../../../contracts/catalogue.ts"
import type { ProcessManager } from "../../../infra/actor/process-manager.ts"
import { runProcessManager, type Running } from "../../../infra/actor/run-process-manager.ts"
import { openStateStore } from "../../../infra/actor/state-store.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { memoryCommandBus } from "../../../infra/command-bus/memory-command-bus.ts"
import { decodeMessage } from "../../../infra/event-log/codec.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { type FaultPlan, simulatedLog } from "../../../infra/event-log/simulated-log.ts"
import { makeSimulatedStore, storedMessage, storeRaw } from "../../../infra/event-log/simulated-store.ts"
import { sqliteKeyring } from "../../../infra/keyring/sqlite-keyring.ts"
import { type Lease, Leases } from "../../../infra/leases/leases.ts"

/** Far more than anything here takes, and soon over where it never comes. */
const waitsMax = 2_000

/** Lets time pass in small steps until something holds. */
export const until = Effect.fnUntraced(function* (what: string, holds: () => boolean, stepMillis = 5) {
  for (let waited = 0; waited < waitsMax; waited++) {
    if (holds()) return
    yield* TestClock.adjust(stepMillis)
  }
  return yield* Effect.die(new Error(`waited in vain until ${what}`))
})

/** Lets everything run that can, and a while pass. */
export const pass = Effect.fnUntraced(function* (millis: number) {
  for (let piece = 0; piece < 20; piece++) yield* TestClock.adjust(millis / 20)
})

export const held: Lease = { epoch: 1, isHeld: () => true, lost: Effect.never }

/** A test clock that starts at the epoch would make every moment of the past one of before time. */
const startMillis = 1_767_225_600_000

export const makeWorld = Effect.fnUntraced(function* (
  faults: FaultPlan = {},
  storing: Parameters<typeof makeSimulatedStore>[0] = {}
) {
  yield* TestClock.setTime(startMillis)
  const store = makeSimulatedStore(storing)
  const services = yield* Layer.build(
    Layer.mergeAll(simulatedLog({ store, faults }), memoryCommandBus).pipe(
      Layer.provideMerge(sqliteKeyring(":memory:"))
    )
  )
  const log = yield* EventLog.pipe(Effect.provideContext(services))
  const { account } = yield* Keyring.pipe(Effect.provideContext(services))
  let inputs = 0

  const events = (): ReadonlyArray<AnyRecorded> =>
    store.messages.flatMap((message) => {
      const event = decodeMessage(storedMessage(message!))
      return event.type === "unreadable" ? [] : [event]
    })

  /** Starts one instance on a disk of its own, or on one that an earlier instance left. */
  const start = Effect.fnUntraced(function* <L extends AnyEvent, P extends AnyEvent, R>(
    actor: ProcessManager<L, P, R>,
    options: {
      readonly disk?: Database.Database
      readonly lease?: Lease
      readonly bus?: CommandBus["Service"]
      readonly log?: EventLog["Service"]
    } = {}
  ) {
    const scope = yield* Scope.make()
    const disk = options.disk ?? new Database(":memory:")
    const state = openStateStore(disk, store.generation, actor.version)
    let running: Running | undefined
    const leases = Leases.of({ hold: () => Effect.succeed(options.lease ?? held) })
    const fiber = yield* runProcessManager(actor, state, (it) => {
      running = it
    }).pipe(
      Effect.provideService(Leases, leases),
      options.bus === undefined ? (it) => it : Effect.provideService(CommandBus, options.bus),
      options.log === undefined ? (it) => it : Effect.provideService(EventLog, options.log),
      Effect.provideContext(services),
      Scope.provide(scope),
      Effect.forkIn(scope)
    )
    return {
      disk,
      state: state.state,
      work: state.work,
      digest: state.digest,
      folded: state.folded,
      fiber,
      isReady: () => running !== undefined,
      ready: until("the actor is ready", () => running !== undefined),
      /** As `kill -9` does it: nothing is finished, the disk stays. */
      kill: Scope.close(scope, Exit.void),
      failure: Fiber.await(fiber)
    }
  })

  return {
    log,
    account,
    services,
    storeRaw: (message: LogMessage) => storeRaw(store, message),
    start,
    events,
    named: <Name extends EventName>(name: Name) =>
      events().filter((event): event is RecordedOf<Name> => event.type === name),
    /** Appends a fact as somebody else would, and answers with its sequence. */
    append: (fact: AnyFact) =>
      Effect.map(
        log.append([{ id: `input ${inputs++}`, fact }], { actor: "whatsapp" }),
        ({ sequence }) => sequence
      )
  }
})

export type World = Effect.Success<ReturnType<typeof makeWorld>>
