/** Process managers of one account in this process, as many as wanted, all of which believe to hold the lease. */
import { Effect, Layer, Redacted } from "effect"
import { runManager, services } from "../../actors/operator/system.ts"
import { makeWhatsApp } from "../../actors/whatsapp/actor.ts"
import { Gateways, type GatewayService, type WireMessage } from "../../actors/whatsapp/gateway.ts"
import { plainPacing } from "../../actors/whatsapp/pacing/limits.ts"
import type { EventLogService } from "../../infra/event-log/event-log.ts"
import { soleLeases } from "../../infra/leases/nats-leases.ts"
import { startTestNats } from "../setup/local-nats.ts"
import { temporaryFolder } from "./temporary-folder.ts"

/** Pacing that is never what is waited for. */
export const unpaced = plainPacing({
  overallPerMinute: 60_000_000,
  chatPerMinute: 60_000_000,
  burst: 1_000_000
})

/** The other side as the witness: it knows what it got, and of the rest it knows nothing yet. */
export const makeWitness = () => {
  const got: Array<WireMessage> = []
  const gateway: GatewayService = {
    transmit: (message) => Effect.sync(() => void got.push(message)),
    has: (whatsApp) => Effect.sync(() => (got.some((it) => it.whatsApp === whatsApp) ? "yes" : "unknown"))
  }
  const timesOf = () => {
    const times = new Map<string, number>()
    for (const { whatsApp } of got) times.set(whatsApp, (times.get(whatsApp) ?? 0) + 1)
    return times
  }
  return { got, gateway, timesOf }
}

/** A server of its own, and the services over it that all owners share. */
export const startWorld = Effect.fn("startWorld")(function* (
  options: {
    readonly sync?: "always" | "default"
    readonly log?: (log: EventLogService) => EventLogService
  } = {}
) {
  const dataFolder = yield* temporaryFolder
  const { pass, url, user } = yield* startTestNats({ sync: options.sync ?? "default" })
  const address = { url, user, password: Redacted.make(pass) }
  const foundation = {
    address,
    dataFolder,
    server: "external" as const,
    serverVersion: "",
    died: Effect.never
  }
  const around = options.log === undefined ? {} : { log: options.log }
  const context = yield* Layer.build(services(foundation, around))
  return { context, dataFolder, address }
})

/** One more owner of the outbox, with a state of its own; answers once it takes commands. */
export const startOwner = Effect.fn("startOwner")(function* (gateway: GatewayService, pacing = unpaced) {
  const folder = yield* temporaryFolder
  const running = runManager(makeWhatsApp(pacing), folder)
  const { ready } = yield* running.pipe(
    Effect.provide(soleLeases),
    Effect.provideService(Gateways, { sandbox: gateway })
  )
  yield* ready
})
