/** Jobs and those who cancel them, in one thread over the simulated log: slow answers, silence, and no kills. */
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import { schedule } from "../../../actors/schedule/actor.ts"
import { makeWhatsApp } from "../../../actors/whatsapp/actor.ts"
import { Gateways, type GatewayService, TransmitFailed } from "../../../actors/whatsapp/gateway.ts"
import { Refused } from "../../../contracts/command.ts"
import { CancelJob, CreateJob } from "../../../contracts/schedule-commands.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { unpaced } from "../../actors/whatsapp/world.ts"
import { makeWorld, until } from "../../infra/actor/world.ts"
import { mix } from "../points.ts"
import { aroundGateway, aroundLog } from "../whatsapp/around.ts"
import type { Guard } from "../whatsapp/life.ts"
import { makeTrap } from "../whatsapp/points.ts"
import { aroundBus } from "./around-bus.ts"
import { examine } from "./laws.ts"
import { jobIdOf, jobOf, type Told } from "./people.ts"
import type { Arrival, Shown } from "./receivers.ts"

const jobs = 28
/** Every so many of them are not cancelled. */
const keptEvery = 4
const chats = 12
const recipients = 3
/** How long after the moment of their jobs people cancel them, an append takes, and a message, at most. */
const regretMillisMax = 300
const appendMillisMax = 30
const transmitMillisMax = 40
/** One in so many messages is taken, and nothing is said of it. */
const silentEvery = 10
const askAgainMillis = 50
/** What nobody answered is looked into seconds later. */
const settleStepMillis = 1_000
const hour = 3_600_000

const run = Effect.fnUntraced(function* (without: Guard | undefined) {
  let drawn = 0
  const lot = (below: number) => mix(drawn++) % below
  const world = yield* makeWorld({ append: () => ({ delayMillis: lot(appendMillisMax) }) })
  const { bus, keyring } = yield* Effect.all({ bus: CommandBus, keyring: Keyring }).pipe(
    Effect.provideContext(world.services)
  )
  const arrivals: Array<Arrival> = []
  const shown: Array<Shown> = []
  const silent = new TransmitFailed({ gateway: "sandbox", final: false, message: "nobody answered" })
  const trap = makeTrap(undefined)
  const gateway: GatewayService = aroundGateway(
    trap,
    without
  )({
    transmit: Effect.fnUntraced(function* ({ chat, text, whatsApp }) {
      yield* Effect.sleep(lot(transmitMillisMax))
      if (!shown.some((it) => it.whatsApp === whatsApp)) shown.push({ who: chat, whatsApp, words: text })
      arrivals.push({ place: arrivals.length + 1, whatsApp })
      if (lot(silentEvery) === 0) return yield* silent
    }),
    has: (whatsApp) => Effect.sync(() => (shown.some((it) => it.whatsApp === whatsApp) ? "yes" : "no"))
  })
  const scheduling = yield* world.start(schedule, { bus: aroundBus(bus, world.log, without) })
  const speaking = yield* world
    .start(makeWhatsApp(unpaced), { log: aroundLog(trap, without)(world.log) })
    .pipe(Effect.provideService(Gateways, { sandbox: gateway }))
  yield* scheduling.ready
  yield* speaking.ready

  const addresses = yield* Effect.forEach(Array.from({ length: chats }), (_, index) =>
    Effect.map(keyring.chat([`sandbox:chat ${index}`]), (chat) => ({ chat }))
  )
  const moment = (yield* Clock.currentTimeMillis) + hour
  const told: Array<Told> = []
  let made = 0
  const person = Effect.fnUntraced(function* (number: number) {
    const job = jobIdOf(number)
    const to = Array.from({ length: recipients }, (_, index) => addresses[(number + index) % chats]!)
    yield* bus.request(CreateJob, { job, asked: jobOf(to, [`hello ${number}`], moment), by: "operator" })
    made += 1
    if (number % keptEvery === 0) return
    yield* Effect.sleep(moment + lot(regretMillisMax) - (yield* Clock.currentTimeMillis))
    for (;;) {
      const answer = yield* Effect.result(bus.request(CancelJob, { job, by: "operator" }))
      const place = arrivals.length
      if (answer._tag === "Success") {
        const { left, of } = answer.success
        return void told.push({ job, asked: "cancel", left, of, place })
      }
      if (answer.failure instanceof Refused && answer.failure.reason === "already-left")
        return void told.push({ job, asked: "cancel-too-late", place })
      yield* Effect.sleep(askAgainMillis)
    }
  })
  yield* Effect.forEach(Array.from({ length: jobs }), (_, number) => Effect.forkScoped(person(number)))
  yield* until("all jobs are made", () => made === jobs)
  yield* TestClock.setTime(moment - askAgainMillis)
  const count = (name: "schedule.fired" | "schedule.occurrence-finished") => world.named(name).length
  const cancelled = (jobs * (keptEvery - 1)) / keptEvery
  yield* until("everybody is answered", () => told.length === cancelled, 20)
  yield* until(
    "all has ended",
    () => count("schedule.fired") === count("schedule.occurrence-finished"),
    settleStepMillis
  )
  return examine(world.events(), { arrivals: () => arrivals, shown: () => shown }, told)
})

/** Runs with everything in its place, or without a guard, and answers what breaks the laws. */
export const runSimulated = (without?: Guard) => Effect.scoped(run(without))
