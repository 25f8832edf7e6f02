/**
 * A small world in one thread: all actors over the simulated log, under a test clock, with crashes, lost
 * answers, duplicates and delays drawn from a seed. The log, the keyring and the other side outlive every
 * crash; an actor's snapshot may be lost.
 */
import Database from "better-sqlite3"
import { Clock, Effect, Exit, Layer, Scope } from "effect"
import type { AnyEvent, AnyFact, AnyRecorded } from "../../contracts/catalogue.ts"
import type { ProcessManager } from "../../infra/actor/process-manager.ts"
import { runProcessManager } from "../../infra/actor/run-process-manager.ts"
import { openStateStore } from "../../infra/actor/state-store.ts"
import { runWorker } from "../../infra/actor/worker.ts"
import { memoryCommandBus } from "../../infra/command-bus/memory-command-bus.ts"
import { decodeMessage } from "../../infra/event-log/codec.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { simulatedLog } from "../../infra/event-log/simulated-log.ts"
import { makeSimulatedStore, storedMessage } from "../../infra/event-log/simulated-store.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { soleLeases } from "../../infra/leases/nats-leases.ts"
import { admin } from "../../actors/admin/actor.ts"
import { makeScan } from "../../actors/scan/actor.ts"
import { verdict } from "../../actors/verdict/actor.ts"
import { makeWhatsApp } from "../../actors/whatsapp/actor.ts"
import {
  Gateways,
  type GatewayService,
  TransmitFailed,
  type WireMessage
} from "../../actors/whatsapp/gateway.ts"
import { makeReceiver } from "../actors/whatsapp/receiver.ts"
import { sightingOf, speaksOfSeveral, type Transmission } from "./laws.ts"
import type { Random } from "./random.ts"
import { makeSteadyKeyring } from "./steady-keyring.ts"
import { plainPacing } from "../../actors/whatsapp/pacing/limits.ts"

export type ActorName = "whatsapp" | "verdict" | "scan" | "admin"
export const actorNames: ReadonlyArray<ActorName> = ["whatsapp", "verdict", "scan", "admin"]
/** Those that fold a state of their own. */
export const managerNames = ["whatsapp", "verdict", "admin"] as const

/** How wrong the clock of the other side may be: more than the margin that is left for it. */
const clockErrorMillis = 20 * 60_000

const pacing = plainPacing({ overallPerMinute: 600, chatPerMinute: 300, burst: 20 })

/**
 * The other side: takes what a server takes by its own clock, sometimes refuses in passing, sometimes takes it and
 * says nothing.
 */
const makeOtherSide = (
  random: Random,
  length: () => number,
  isCalm: () => boolean,
  subjectOf: (message: WireMessage) => string | undefined,
  severalOf: (whatsApp: string) => boolean
) => {
  const transmissions: Array<Transmission> = []
  const aheadMillis = random.pick([0, 0, clockErrorMillis, -clockErrorMillis])
  let now = 0
  const receiver = makeReceiver(() => now + aheadMillis, subjectOf, severalOf)
  const failed = (final: boolean, message: string) =>
    new TransmitFailed({ gateway: "sandbox", final, message })
  const take = Effect.fnUntraced(function* (message: WireMessage) {
    now = yield* Clock.currentTimeMillis
    const refusal = receiver.take(message)
    if (refusal !== undefined) return yield* failed(true, refusal)
    transmissions.push({ message, logLength: length() })
  })
  const silent = failed(false, "simulated: no answer")
  const gateway: GatewayService = {
    transmit: (message) =>
      Effect.gen(function* () {
        if (isCalm()) return yield* take(message)
        yield* Effect.sleep(random.below(300))
        if (random.chance(0.1)) return yield* silent
        if (random.chance(0.02)) return yield* failed(true, receiver.refuse(message))
        yield* take(message)
        if (random.chance(0.1)) return yield* silent
      }),
    has: (whatsApp) =>
      Effect.sync(() => {
        if (!isCalm() && random.chance(0.2)) return "unknown"
        return receiver.has(whatsApp) ? "yes" : "no"
      })
  }
  return { gateway, receiver, transmissions }
}

const versions = {
  whatsapp: makeWhatsApp(pacing).version,
  verdict: verdict.version,
  admin: admin.version
} as const

export const makeWorld = Effect.fnUntraced(function* (random: Random) {
  const store = makeSimulatedStore({ generation: "simulated" })
  let calm = false
  const isCalm = () => calm
  const strikes = (probability: number) => !calm && random.chance(probability)
  const keyring = yield* makeSteadyKeyring(() => (strikes(0.5) ? random.below(2_000) : 0))
  const log = simulatedLog({
    store,
    faults: {
      append: () => ({
        delayMillis: strikes(0.3) ? random.below(200) : 0,
        ...(strikes(0.06) ? { lost: random.pick(["before", "answer"] as const) } : {})
      }),
      delivery: () => ({ twice: strikes(0.1), acknowledgementLost: strikes(0.05) }),
      heldBackMillis: () => (strikes(0.2) ? random.below(2_000) : 0),
      readDelayMillis: () => (strikes(0.2) ? random.below(100) : 0)
    }
  })
  const other = makeOtherSide(
    random,
    () => store.messages.length,
    isCalm,
    (message) => sightingOf(events(), message),
    (whatsApp) => speaksOfSeveral(events(), whatsApp)
  )
  const services = yield* Layer.build(
    Layer.mergeAll(
      log,
      memoryCommandBus,
      soleLeases,
      Layer.succeed(Gateways, { sandbox: other.gateway })
    ).pipe(Layer.provideMerge(Layer.succeed(Keyring, keyring)))
  )
  const disks = new Map<ActorName, Database.Database>()
  const running = new Map<ActorName, Scope.Closeable>()

  const manager = <L extends AnyEvent, P extends AnyEvent, R>(
    actor: ProcessManager<L, P, R>,
    name: ActorName
  ) =>
    Effect.suspend(() => {
      const db = disks.get(name) ?? new Database(":memory:")
      disks.set(name, db)
      return runProcessManager(actor, openStateStore(db, store.generation, actor.version), () => {})
    })

  const run = (name: ActorName) => {
    if (name === "scan") return runWorker(makeScan(), () => {})
    if (name === "admin") return manager(admin, name)
    return name === "verdict" ? manager(verdict, name) : manager(makeWhatsApp(pacing), name)
  }

  const start = Effect.fnUntraced(function* (name: ActorName) {
    if (running.has(name)) return
    const scope = yield* Scope.make()
    running.set(name, scope)
    yield* run(name).pipe(Effect.provideContext(services), Scope.provide(scope), Effect.forkIn(scope))
  })

  const crash = Effect.fnUntraced(function* (name: ActorName) {
    const scope = running.get(name)
    if (scope === undefined) return
    running.delete(name)
    yield* Scope.close(scope, Exit.void)
    if (random.chance(0.3)) disks.delete(name)
  })

  const events = (): ReadonlyArray<AnyRecorded> =>
    store.messages.map((held) => {
      const event = decodeMessage(storedMessage(held!))
      if (event.type === "unreadable") throw new Error(`unreadable at ${event.sequence}: ${event.reason}`)
      return event
    })

  return {
    services,
    /** The pseudonym that a sandbox chat has now. */
    chatNamed: (chatName: string) => Effect.orDie(keyring.chat([`sandbox:${chatName}`])),
    /** The pseudonym that somebody has in a sandbox chat now. */
    personIn: Effect.fnUntraced(function* (chatName: string, author: string) {
      const chat = yield* keyring.chat([`sandbox:${chatName}`])
      return yield* keyring.person([`sandbox:${chat}/${author}`])
    }, Effect.orDie),
    secrets: () => ({ linkKeys: keyring.linkKeysSoFar(), open: keyring.open }),
    start,
    crash,
    events,
    /** Appends what another replica of the scanner found. */
    append: (id: string, fact: AnyFact) =>
      EventLog.use((log) => log.append([{ id, fact }], { actor: "scan" })).pipe(
        Effect.provideContext(services),
        Effect.retry({ times: 20 }),
        Effect.orDie
      ),
    transmissions: other.transmissions,
    receiver: other.receiver,
    /** From here on nothing goes wrong any more. */
    beCalm: Effect.sync(() => {
      calm = true
    }),
    isRunning: (name: ActorName) => running.has(name),
    /** The digest of an actor's snapshot, beside that of a fresh fold of the whole log. */
    digests: (name: Exclude<ActorName, "scan">) => {
      const kept = openStateStore(disks.get(name)!, store.generation, versions[name])
      return { kept: kept.digest(), openWork: kept.work.size() }
    },
    forgetSnapshot: (name: ActorName) => disks.delete(name),
    now: Clock.currentTimeMillis,
    EventLog
  }
})

export type World = Effect.Success<ReturnType<typeof makeWorld>>
