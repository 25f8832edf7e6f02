/**
 * The WhatsApp actor over a log in memory, linked with the real client to a loopback WhatsApp: what is queued
 * goes out there, and what is said there comes in.
 */
import { join } from "node:path"
import Database from "better-sqlite3"
import { Clock, Context, Effect, Exit, Layer, Schedule, Scope } from "effect"
import { type Calls, makeWhatsApp } from "../../../../actors/whatsapp/actor.ts"
import { Gateways } from "../../../../actors/whatsapp/gateway.ts"
import { openWhatsAppGateway } from "../../../../actors/whatsapp/outgoing/whatsapp-gateway.ts"
import type { PacingLimits } from "../../../../actors/whatsapp/pacing/limits.ts"
import { Session } from "../../../../actors/whatsapp/session/connection.ts"
import { sessionLayer } from "../../../../actors/whatsapp/session/session.ts"
import type { AnyFact, AnyRecorded, EventName, RecordedOf } from "../../../../contracts/catalogue.ts"
import type { ChatId, PersonId } from "../../../../contracts/ids.ts"
import type { Said } from "../../../../contracts/message.ts"
import type { OutboxQueued } from "../../../../contracts/outbox.ts"
import type { LiveSession } from "../../../../contracts/session.ts"
import { runProcessManager } from "../../../../infra/actor/run-process-manager.ts"
import { openStateStore } from "../../../../infra/actor/state-store.ts"
import { CommandBus } from "../../../../infra/command-bus/command-bus.ts"
import { memoryCommandBus } from "../../../../infra/command-bus/memory-command-bus.ts"
import { decodeMessage } from "../../../../infra/event-log/codec.ts"
import { EventLog } from "../../../../infra/event-log/event-log.ts"
import { simulatedLog } from "../../../../infra/event-log/simulated-log.ts"
import { makeSimulatedStore, storedMessage } from "../../../../infra/event-log/simulated-store.ts"
import { Keyring } from "../../../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../../../infra/keyring/sqlite-keyring.ts"
import { Leases } from "../../../../infra/leases/leases.ts"
import { held } from "../../../infra/actor/world.ts"
import { startLoopbackWhatsApp } from "../../../loopback-whatsapp/index.ts"
import { idOf, queued, unpaced } from "../world.ts"

/** Longer than anything here takes on a busy machine. */
const patienceMillis = 60_000

type Change = Partial<ReturnType<typeof OutboxQueued>["data"]>

export interface DeliveryOptions {
  /** Whether there is a host for media, too. */
  readonly mediaHost?: boolean
  readonly pacing?: PacingLimits
  readonly calls?: Calls
  /** What tells Wadjet the time; left out, this machine. Baileys' own timers go on as they are. */
  readonly clock?: Clock.Clock
}

export const startDeliveryWorld = async (
  folder: string,
  seed: number,
  { calls = "ring", clock, mediaHost = false, pacing = unpaced }: DeliveryOptions = {}
) => {
  const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    clock === undefined ? effect : Effect.provideService(effect, Clock.Clock, clock)
  const whatsApp = await startLoopbackWhatsApp({ seed, mediaHost })
  const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
  const store = makeSimulatedStore()
  const disk = new Database(":memory:")
  const whole = Effect.runSync(Scope.make())
  const services = await Effect.runPromise(
    timed(
      Layer.buildWithScope(
        Layer.mergeAll(simulatedLog({ store }), memoryCommandBus).pipe(
          Layer.provideMerge(sqliteKeyring(join(folder, "keyring.db")))
        ),
        whole
      )
    )
  )
  const keyring = Context.get(services, Keyring)
  const log = Context.get(services, EventLog)
  const live: Array<LiveSession> = []
  let scope: Scope.Closeable | undefined
  let session: Session["Service"] | undefined
  let gateways: Gateways["Service"] | undefined

  const until = async <A>(what: string, look: () => A | undefined | false): Promise<A> => {
    const found = Effect.suspend(() => {
      const it = look()
      return it === undefined || it === false ? Effect.fail("not yet") : Effect.succeed(it)
    }).pipe(
      Effect.retry(Schedule.spaced("10 millis")),
      Effect.timeoutOrElse({
        duration: patienceMillis,
        orElse: () =>
          Effect.die(new Error(`${what} never happened; facts: ${events().map(({ type }) => type)}`))
      })
    )
    return Effect.runPromise(found)
  }

  const events = (): ReadonlyArray<AnyRecorded> =>
    store.messages.flatMap((message) => {
      const event = decodeMessage(storedMessage(message!))
      return event.type === "unreadable" ? [] : [event]
    })
  const named = <Name extends EventName>(name: Name) =>
    events().filter((event): event is RecordedOf<Name> => event.type === name)

  /** Starts the actor, on the disk and the session store that an earlier one left. */
  const start = async () => {
    const running = Effect.runSync(Scope.make())
    scope = running
    let isReady = false
    const state = openStateStore(disk, store.generation, makeWhatsApp(pacing).version)
    const reaching = Layer.provideMerge(
      Layer.effect(
        Gateways,
        Effect.map(openWhatsAppGateway({ mediaFolder: join(folder, "media") }), (whatsapp) => ({ whatsapp }))
      ),
      sessionLayer({
        connects: true,
        path: join(folder, "session.db"),
        keyringPath: join(folder, "keyring.db"),
        server: whatsApp.url,
        speak: () => Effect.succeed((message) => void live.push(message))
      })
    ).pipe(Layer.provideMerge(Layer.succeedContext(services)))
    const context = await Effect.runPromise(timed(Layer.buildWithScope(reaching, running)))
    session = Context.get(context, Session)
    gateways = Context.get(context, Gateways)
    const leases = Leases.of({ hold: () => Effect.succeed(held) })
    Effect.runFork(
      runProcessManager(makeWhatsApp(pacing, undefined, calls), state, () => {
        isReady = true
      }).pipe(
        Effect.provideService(Leases, leases),
        Effect.provideContext(context),
        timed,
        Scope.provide(running),
        Effect.forkIn(running)
      )
    )
    await until("the actor is ready", () => isReady)
  }

  /** Ends it at once: nothing is finished, the disk stays. */
  const stop = async () => {
    if (scope !== undefined) await Effect.runPromise(Scope.close(scope, Exit.void))
    scope = undefined
  }

  const link = async () => {
    await Effect.runPromise(
      session!
        .link({ method: "qr", phone: undefined, by: "operator" })
        .pipe(Effect.retry(Schedule.spaced("10 millis")), Effect.timeout(patienceMillis))
    )
    const code = await until("a QR code", () => live.findLast((it) => it.live === "qr"))
    await me.scanQr(code.text)
    return me.connected()
  }

  const append = (fact: AnyFact) =>
    Effect.runPromise(
      timed(log.append([{ id: `input ${store.messages.length}`, fact }], { actor: "verdict" }))
    )

  return {
    whatsApp,
    me,
    timed,
    keyring,
    events,
    named,
    until,
    start,
    stop,
    link,
    append,
    session: () => session!,
    gateway: () => gateways!.whatsapp!,
    bus: Context.get(services, CommandBus),
    services,
    words: (sealed: string) => keyring.open<Said>(sealed),
    chat: (...forms: ReadonlyArray<string>): ChatId => Effect.runSync(keyring.chat(forms)),
    person: (...forms: ReadonlyArray<string>): PersonId => Effect.runSync(keyring.person(forms)),
    /** Queues an entry for a chat of WhatsApp. */
    queue: (name: string, chat: ChatId, change: Change = {}) => {
      const { sender: _sender, ...data } = queued(name, { gateway: "whatsapp", chat, ...change }).data
      return append({ type: "outbox.queued", data: { ...data, ...change } })
    },
    sent: (name: string) =>
      until(`${name} is sent`, () => named("outbox.sent").find(({ data }) => data.outbox === idOf(name))),
    close: async () => {
      await stop()
      await Effect.runPromise(Scope.close(whole, Exit.void))
      await whatsApp.close()
    }
  }
}

/** Linked, with a contact and a group of both; what she says is in the log when it is said. */
export const startLinkedWorld = async (folder: string, seed: number, options: DeliveryOptions = {}) => {
  const world = await startDeliveryWorld(folder, seed, options)
  const ana = world.whatsApp.contact({ number: "5511988887777", name: "Ana", addressing: "lid" })
  const family = world.whatsApp.group({ subject: "Family", members: [world.me, ana], admins: [ana] })
  await world.start()
  await world.link()
  const hear = async (text: string, options: Parameters<typeof ana.say>[1] = {}, who = ana) => {
    const id = await who.say(text, options)
    const event = await world.until(`${text} is in the log`, () =>
      world.named("message.received").find(({ data }) => world.words(data.said)?.whatsAppId === id)
    )
    return { id, ...event.data }
  }
  return { ...world, ana, family, hear }
}
