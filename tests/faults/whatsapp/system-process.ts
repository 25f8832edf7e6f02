/**
 * Entry of a doomed process: the real system on a data folder, as `wadjet run` composes it, linked to a loopback
 * WhatsApp. What makes it die is around its parts, not in them.
 */
import { writeSync } from "node:fs"
import { Cause, Effect, Fiber, Layer, Redacted } from "effect"
import { runActors, services } from "../../../actors/operator/system.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { aroundBus } from "../schedule/around-bus.ts"
import { trustRootOfEnvironment } from "../../loopback-whatsapp/trust-root.ts"
import { aroundGateway, aroundKeyring, aroundLog } from "./around.ts"
import { doomStore } from "./doomed-store.ts"
import type { Life, Saying } from "./life.ts"
import { makeTrap } from "./points.ts"
import { plainPacing } from "../../../actors/whatsapp/pacing/limits.ts"

/** Fast enough that pacing is never what is waited for. */
const pacing = plainPacing({ overallPerMinute: 600_000, chatPerMinute: 600_000, burst: 1_000 })

const life = JSON.parse(process.argv[2] ?? "") as Life
const { dataFolder, death, nats, server, without } = life
const trap = makeTrap(death)
doomStore(trap, without)
trustRootOfEnvironment()

const around = {
  log: aroundLog(trap, without),
  keyring: aroundKeyring(without),
  gateway: aroundGateway(trap, without),
  whatsAppGateway: aroundGateway(trap, without),
  whatsAppServer: server
}
const address = { url: nats.url, user: nats.user, password: Redacted.make(nats.password) }

const program = Effect.gen(function* () {
  const foundation = {
    address,
    dataFolder,
    server: "external",
    serverVersion: "",
    died: Effect.never
  } as const
  const base = yield* Layer.build(services(foundation, around))
  const { bus, log } = yield* Effect.provideContext(Effect.all({ bus: CommandBus, log: EventLog }), base)
  yield* runActors({ dataFolder, pacing, whatsApp: true, around }).pipe(
    Effect.provideService(CommandBus, aroundBus(bus, log, without)),
    Effect.provideContext(base)
  )
  writeSync(1, `${JSON.stringify({ said: "ready" } satisfies Saying)}\n`)
  return yield* Effect.never
}).pipe(Effect.scoped)

const fiber = Effect.runFork(program)
process.once("SIGTERM", () => void Effect.runFork(Fiber.interrupt(fiber)))
fiber.addObserver((exit) => {
  if (exit._tag === "Failure" && !Cause.hasInterruptsOnly(exit.cause))
    writeSync(2, `${Cause.pretty(exit.cause)}\n`)
  process.exit(exit._tag === "Success" || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1)
})
