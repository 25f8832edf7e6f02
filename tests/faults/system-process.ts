/**
 * Entry of a doomed process: the real system on a data folder, as `wadjet run` composes it. It dies by SIGKILL
 * at the point that its life names; everything that makes it do so is around the services, not in them.
 */
import { writeSync } from "node:fs"
import { setEnvironmentData } from "node:worker_threads"
import { Cause, Effect, Fiber, Layer, Logger, Redacted } from "effect"
import { layFoundation, runActors, services } from "../../actors/operator/system.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { startProjector } from "../../projections/start-projector.ts"
import { aroundGateway, aroundKeyring, aroundLog } from "./decorators.ts"
import { embeddedServers } from "./embedded-server.ts"
import { type Life, lifeKey, type Saying } from "./life.ts"
import { makeTrap } from "./points.ts"
import { plainPacing } from "../../actors/whatsapp/pacing/limits.ts"

/** Fast enough that pacing is never what is waited for. */
const pacing = plainPacing({ overallPerMinute: 600_000, chatPerMinute: 600_000, burst: 1_000 })

const say = (saying: Saying) => void writeSync(1, `${JSON.stringify(saying)}\n`)

const living = Effect.fnUntraced(function* (life: Life) {
  const { dataFolder, nats } = life
  const trap = makeTrap(life.death, () => (nats === undefined ? embeddedServers(dataFolder) : []))
  setEnvironmentData(lifeKey, JSON.stringify(life))
  const external = nats === undefined ? undefined : { ...nats, password: Redacted.make(nats.password) }
  const foundation = yield* layFoundation({ dataFolder, external, say: () => Effect.void })
  const forgetful = yield* Layer.build(sqliteKeyring(":memory:"))
  const around = {
    log: aroundLog(trap, life),
    gateway: aroundGateway(trap, life),
    keyring: aroundKeyring(trap, life, yield* Effect.provideContext(Keyring, forgetful))
  }
  const base = yield* Layer.build(services(foundation, around))
  const { address } = foundation
  const where = { url: address.url, user: address.user, password: Redacted.value(address.password) }
  yield* startProjector({ nats: where, dataFolder, workerEntry: new URL(life.projectorEntry) })
  yield* Effect.provideContext(runActors({ dataFolder, pacing, around }), base)
  say({ said: "ready", nats: where })
  return yield* Effect.never
})

const life = JSON.parse(process.argv[2] ?? "") as Life

const fiber = Effect.runFork(
  living(life).pipe(
    Effect.scoped,
    Effect.tapCause((cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.void
        : Effect.sync(() => writeSync(2, `${Cause.pretty(cause)}\n`))
    ),
    Effect.provide(Logger.layer([]))
  )
)
process.once("SIGTERM", () => void Effect.runFork(Fiber.interrupt(fiber)))
fiber.addObserver((exit) =>
  process.exit(exit._tag === "Success" || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1)
)
