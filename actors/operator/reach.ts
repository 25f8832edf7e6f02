/** Getting hold of the system of a data folder: the one that runs, or one of our own for as long as it takes. */
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { Context, Effect, Layer, Redacted } from "effect"
import type { Config } from "../../infra/config/settings.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import type { Leases } from "../../infra/leases/leases.ts"
import { Nats, type NatsAddress } from "../../infra/nats/connection.ts"
import { serverPaths } from "../../infra/nats-server/config.ts"
import { ensureCredentials } from "../../infra/nats-server/credentials.ts"
import { ReadModels } from "../../projections/reader.ts"
import { claimDataFolder } from "./claim.ts"
import { OperatorFailed } from "./failure.ts"
import { followCheckpoint } from "./follow-checkpoint.ts"
import { Output } from "./output.ts"
import { brandsOfOperator } from "../scan/brand-index.ts"
import { externalOf, pacingOf } from "./from-config.ts"
import { halfMoved } from "./restore/put-in-place.ts"
import { type RunRecord, runningOn } from "./run-file.ts"
import { runSystem } from "./run-system.ts"
import { layFoundation, services } from "./system.ts"

export type LogServices = EventLog | CommandBus | Keyring | Leases | Nats

/** Where a running system's server is, and who we are to it. */
const addressOf = Effect.fnUntraced(function* (dataFolder: string, running: RunRecord, config: Config) {
  if (running.server === "external")
    return { ...(externalOf(config) ?? anonymous(running)), url: running.natsUrl }
  const { password, user } = yield* ensureCredentials(serverPaths(join(dataFolder, "nats")).credentials)
  return { url: running.natsUrl, user, password: Redacted.make(password) } satisfies NatsAddress
})

const anonymous = (running: RunRecord): NatsAddress => ({
  url: running.natsUrl,
  user: "",
  password: Redacted.make("")
})

/** Connected to the system that runs on the data folder. */
const joinRunning = Effect.fnUntraced(function* (dataFolder: string, running: RunRecord, config: Config) {
  const address = yield* addressOf(dataFolder, running, config)
  const foundation = {
    address,
    dataFolder,
    server: running.server,
    serverVersion: running.serverVersion,
    died: Effect.never
  } as const
  return yield* Layer.build(services(foundation))
})

/** What a data folder holds before anybody ran Wadjet on it: nothing to look at. */
const mustExist = (dataFolder: string, config: Config) =>
  existsSync(join(dataFolder, "nats")) || config.natsUrl !== undefined || halfMoved(dataFolder) !== undefined
    ? Effect.void
    : Effect.fail(
        new OperatorFailed({
          what: `There is nothing in ${dataFolder} yet`,
          why: "Wadjet has not run on this data folder",
          next: "Start it with `wadjet run`, or set WADJET_DATA to the folder that it runs on.",
          exit: "unreachable"
        })
      )

/**
 * The log of a data folder, without actors: of the running system, or of a server started for as long as the
 * scope is open. For commands that only read the log, or rebuild from it.
 */
export const openLog = Effect.fn("openLog")(function* (config: Config) {
  const output = yield* Output
  const dataFolder = resolve(config.dataFolder)
  const running = runningOn(dataFolder)
  if (running !== undefined)
    return { dataFolder, running, context: yield* joinRunning(dataFolder, running, config) }
  yield* mustExist(dataFolder, config)
  yield* claimDataFolder(dataFolder)
  const foundation = yield* layFoundation({ dataFolder, external: externalOf(config), say: output.note })
  return { dataFolder, running: undefined, context: yield* Layer.build(services(foundation)) }
})

/** A system that takes commands and folds what they lead to. */
export interface Reached {
  readonly dataFolder: string
  /** Present where it runs already. */
  readonly running: RunRecord | undefined
  readonly context: Context.Context<LogServices | ReadModels>
  /** Fails when our own system ends by itself. */
  readonly stopped: Effect.Effect<never, { readonly _tag: string; readonly message: string }>
}

/**
 * The whole system of a data folder: the running one, or our own, without page and API, until the scope closes.
 * Ours connects to WhatsApp only where that is what it is started for.
 */
export const reachSystem = Effect.fn("reachSystem")(function* (
  config: Config,
  { whatsApp = false }: { readonly whatsApp?: boolean } = {}
) {
  const output = yield* Output
  const dataFolder = resolve(config.dataFolder)
  const running = runningOn(dataFolder)
  if (running !== undefined) {
    const base = yield* joinRunning(dataFolder, running, config)
    const following = yield* followCheckpoint(dataFolder)
    const context = yield* Layer.build(
      Layer.provideMerge(ReadModels.layer(following), Layer.succeedContext(base))
    )
    return { dataFolder, running, context, stopped: Effect.never } satisfies Reached
  }
  yield* claimDataFolder(dataFolder)
  const system = yield* runSystem({
    dataFolder,
    external: externalOf(config),
    pacing: pacingOf(config),
    brands: brandsOfOperator(config.brands),
    whatsApp,
    say: output.note
  })
  return {
    dataFolder,
    running: undefined,
    context: system.context,
    stopped: system.stopped
  } satisfies Reached
})
