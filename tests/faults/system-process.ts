/**
 * Entry of a doomed process: the real system on a data folder, as `wadjet run` composes it. It dies by SIGKILL
 * at the point that its life names; everything that makes it do so is around the services, not in them.
 */
import { readdirSync, writeSync } from "node:fs"
import { join } from "node:path"
import { setEnvironmentData } from "node:worker_threads"
import { Effect, Layer, Logger, Redacted } from "effect"
import { layFoundation, runActors, services } from "../../actors/operator/system.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { startProjector } from "../../projections/start-projector.ts"
import { aroundGateway, aroundKeyring, aroundLog } from "./decorators.ts"
import { type Life, lifeKey, type Saying } from "./life.ts"
import { makeTrap } from "./points.ts"

/** Fast enough that pacing is never what is waited for. */
const pacing = { overallPerMinute: 600_000, chatPerMinute: 600_000, burst: 1_000 }

const say = (saying: Saying) => void writeSync(1, `${JSON.stringify(saying)}\n`)

/** The embedded server's process id is in the name of the file that says where it listens. */
const serversIn = (dataFolder: string): ReadonlyArray<number> =>
  readdirSync(join(dataFolder, "nats", "run"))
    .map((name) => Number(/_(\d+)\.ports$/.exec(name)?.[1]))
    .filter((pid) => Number.isInteger(pid) && pid > 0)

const living = Effect.fnUntraced(function* (life: Life) {
  const { dataFolder, nats } = life
  const trap = makeTrap(life.death, () => (nats === undefined ? serversIn(dataFolder) : []))
  setEnvironmentData(lifeKey, JSON.stringify(life))
  const external = nats === undefined ? undefined : { ...nats, password: Redacted.make(nats.password) }
  const foundation = yield* layFoundation({ dataFolder, external, say: () => Effect.void })
  const forgetful = yield* Effect.map(Layer.build(sqliteKeyring(":memory:")), (context) => context)
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

Effect.runFork(
  living(life).pipe(
    Effect.scoped,
    Effect.tapCause((cause) => Effect.sync(() => writeSync(2, `${cause.toString()}\n`))),
    Effect.provide(Logger.layer([]))
  )
)
