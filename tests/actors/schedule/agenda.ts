/** The schedule actor beside the WhatsApp actor, on the simulated log under a test clock, and whoever receives. */
import { Clock, Effect, type Fiber } from "effect"
import { TestClock } from "effect/testing"
import { schedule } from "../../../actors/schedule/actor.ts"
import { ZoneData, type Zones, zonesOfNode } from "../../../actors/schedule/zone-data.ts"
import { makeWhatsApp } from "../../../actors/whatsapp/actor.ts"
import { Gateways, type GatewayService, type WireMessage } from "../../../actors/whatsapp/gateway.ts"
import type { CommandType, Refused } from "../../../contracts/command.ts"
import { SaveContact } from "../../../contracts/contact.ts"
import type { ChatId } from "../../../contracts/ids.ts"
import { ContactId, JobId } from "../../../contracts/ids.ts"
import { defaultPolicies, type JobPolicies } from "../../../contracts/schedule.ts"
import { type AskedJob, CreateJob } from "../../../contracts/schedule-commands.ts"
import { CommandBus, type Unanswered } from "../../../infra/command-bus/command-bus.ts"
import type { FaultPlan } from "../../../infra/event-log/simulated-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { makeWorld, pass, until } from "../../infra/actor/world.ts"
import { unpaced } from "../whatsapp/world.ts"

/** A tz database in which every zone is so many hours ahead of UTC. */
export const zonesAt = (hoursAhead: number, version: string): Zones => ({
  version,
  zoneOf: (name) => ({ name, offsetAt: () => hoursAhead * 3_600 })
})

export const minute = 60_000
export const hour = 60 * minute

const uuidOf = (kind: string, number: number) =>
  `01941f29-7c00-7000-8000-${kind}${number.toString(16).padStart(11, "0")}`
export const jobId = (number: number) => JobId.make(uuidOf("a", number))
export const contactId = (number: number) => ContactId.make(uuidOf("c", number))

export interface Received {
  readonly at: number
  readonly message: WireMessage
}

type Started = Effect.Success<ReturnType<Effect.Success<ReturnType<typeof makeWorld>>["start"]>>

/** `transmits` comes before each message that the receiver takes. */
export const makeAgenda = Effect.fnUntraced(function* (
  faults: FaultPlan = {},
  transmits: (message: WireMessage) => ReturnType<GatewayService["transmit"]> = () => Effect.void
) {
  const world = yield* makeWorld(faults)
  const keyring = yield* Keyring.pipe(Effect.provideContext(world.services))
  const received: Array<Received> = []
  const gateway: GatewayService = {
    transmit: (message) =>
      Effect.andThen(
        transmits(message),
        Effect.map(Clock.currentTimeMillis, (at) => void received.push({ at, message }))
      ),
    has: (whatsApp) =>
      Effect.sync(() => (received.some(({ message }) => message.whatsApp === whatsApp) ? "yes" : "no"))
  }
  let zones = zonesOfNode
  const start = (disk?: Started["disk"]) =>
    Effect.suspend(() =>
      world.start(schedule, disk === undefined ? {} : { disk }).pipe(Effect.provideService(ZoneData, zones))
    )
  const startWhatsApp = (disk?: Started["disk"]) =>
    world
      .start(makeWhatsApp(unpaced), disk === undefined ? {} : { disk })
      .pipe(Effect.provideService(Gateways, { sandbox: gateway, whatsapp: gateway }))
  let actor = yield* start()
  let whatsApp = yield* startWhatsApp()
  yield* actor.ready
  yield* whatsApp.ready

  const asks = <C extends CommandType>(command: C, payload: C["payload"]["Type"], id?: string) =>
    CommandBus.use((bus) => bus.request(command, payload, id)).pipe(Effect.provideContext(world.services))

  const ask = <C extends CommandType>(
    command: C,
    payload: C["payload"]["Type"],
    id?: string
  ): Effect.Effect<C["answer"]["Type"], Refused | Unanswered> =>
    Effect.gen(function* () {
      const fiber: Fiber.Fiber<C["answer"]["Type"], Refused | Unanswered> = yield* Effect.forkChild(
        asks(command, payload, id)
      )
      yield* until("there is an answer", () => fiber.pollUnsafe() !== undefined)
      return yield* fiber.pollUnsafe()!
    })

  const chat = (name: string) => Effect.orDie(keyring.chat([`sandbox:${name}`]))

  /** A job for some chats of the sandbox; what is not said is once, in an hour, to Ada. */
  const wanted = Effect.fnUntraced(function* (
    change: Partial<Omit<AskedJob, "policies">> & {
      readonly to?: ReadonlyArray<ChatId>
      readonly texts?: ReadonlyArray<string>
      readonly policies?: Partial<JobPolicies>
    } = {}
  ) {
    const { policies, texts = ["hello"], to, ...rest } = change
    const chats = to ?? [yield* chat("Ada")]
    const asked = {
      title: "Greeting",
      messages: texts.map((text) => ({ text, delaySeconds: 0 })),
      timing: { zone: "UTC", start: "2026-01-01T01:00:00" },
      recipients: chats.map((one) => ({ chat: one })),
      ...rest,
      policies: { ...defaultPolicies, ...policies }
    }
    return asked as unknown as AskedJob
  })

  return {
    ...world,
    keyring,
    received,
    texts: () => received.map(({ message }) => message.text),
    state: () => actor.state,
    digest: () => actor.digest(),
    work: () => actor.work,
    ask,
    /** Asks without letting time pass. */
    asks,
    chat,
    wanted,
    create: Effect.fnUntraced(function* (number: number, change: Parameters<typeof wanted>[0] = {}) {
      return yield* ask(CreateJob, { job: jobId(number), asked: yield* wanted(change), by: "operator" })
    }),
    saves: (number: number, name: string, more: { readonly tags?: ReadonlyArray<string> } = {}) =>
      ask(SaveContact, {
        contact: contactId(number),
        card: {
          name,
          aliases: [],
          number: `+49170000${String(number).padStart(4, "0")}`,
          tags: more.tags ?? [],
          favourite: false,
          notes: ""
        },
        by: "operator"
      }),
    now: Clock.currentTimeMillis,
    passes: pass,
    setsClock: TestClock.setTime,
    /** Everything goes down, with nothing finished. */
    goesDown: Effect.gen(function* () {
      yield* actor.kill
      yield* whatsApp.kill
    }),
    comesUp: Effect.gen(function* () {
      actor = yield* start(actor.disk)
      whatsApp = yield* startWhatsApp(whatsApp.disk)
      yield* actor.ready
      yield* whatsApp.ready
    }),
    /** The next process has other zones. */
    hasZones: (others: Zones) => void (zones = others),
    restarts: Effect.gen(function* () {
      yield* actor.kill
      actor = yield* start(actor.disk)
      yield* actor.ready
    }),
    /** The digest of a fold of the whole log on an empty disk, beside that of the one that runs. */
    digests: Effect.gen(function* () {
      const fresh = yield* start()
      yield* fresh.ready
      const digest = fresh.digest()
      yield* fresh.kill
      return { kept: actor.digest(), fresh: digest }
    }),
    stopsWhatsApp: Effect.suspend(() => whatsApp.kill),
    startsWhatsApp: Effect.gen(function* () {
      whatsApp = yield* startWhatsApp(whatsApp.disk)
      yield* whatsApp.ready
    })
  }
})

export type Agenda = Effect.Success<ReturnType<typeof makeAgenda>>
