/**
 * Composing the whole: nats-server, keyring, log, actors, projector and the page, in one process or a
 * part of them. This is the one place that knows all actors.
 */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { Clock, Deferred, Effect, Layer, Redacted, type Scope, Semaphore } from "effect"
import type { AnyEvent } from "../../contracts/catalogue.ts"
import { LiveSession, liveSessionTopic } from "../../contracts/session.ts"
import { CatchUpTurns } from "../../infra/actor/catching-up.ts"
import type { ProcessManager } from "../../infra/actor/process-manager.ts"
import { runProcessManager } from "../../infra/actor/run-process-manager.ts"
import { openStateStore } from "../../infra/actor/state-store.ts"
import { supervise } from "../../infra/actor/supervise.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { natsCommandBus } from "../../infra/command-bus/nats-command-bus.ts"
import { LogFolder } from "../../infra/event-log/archive/archive-files.ts"
import { EventLog, type EventLogService } from "../../infra/event-log/event-log.ts"
import { jetStreamLog } from "../../infra/event-log/jetstream-log.ts"
import { rawJetStreamLog } from "../../infra/event-log/raw-log.ts"
import { Keyring, type KeyringService } from "../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { MediaFolder } from "../../infra/media-folder/media-folder.ts"
import { Leases } from "../../infra/leases/leases.ts"
import { natsLeases } from "../../infra/leases/nats-leases.ts"
import { type NatsAddress, Nats } from "../../infra/nats/connection.ts"
import { speakLive } from "../../infra/nats/live.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { type NatsServerOptions, startNatsServer } from "../../infra/nats-server/start.ts"
import { begunAnewWhereDamaged } from "../../infra/sqlite/damaged.ts"
import { openSqlite } from "../../infra/sqlite/open.ts"
import { admin } from "../admin/actor.ts"
import { makeBackup } from "../backup/actor.ts"
import type { BrandIndex } from "../scan/brand-index.ts"
import type { Outside } from "../scan/outside.ts"
import { schedule } from "../schedule/actor.ts"
import { verdict } from "../verdict/actor.ts"
import { type Calls, makeWhatsApp, type Pictures } from "../whatsapp/actor.ts"
import { Gateways, type GatewayService } from "../whatsapp/gateway.ts"
import { openWhatsAppGateway } from "../whatsapp/outgoing/whatsapp-gateway.ts"
import { openSandbox } from "../whatsapp/sandbox.ts"
import type { HistoryLimits } from "../whatsapp/incoming/drain.ts"
import type { PacingLimits } from "../whatsapp/pacing/limits.ts"
import { sessionLayer } from "../whatsapp/session/session.ts"
import type { GetMedia } from "../whatsapp/incoming/pictures/media-host.ts"
import { checkExternal } from "./external-server.ts"
import { readingOf } from "./picture-reading.ts"
import type { Copying } from "./run-backup.ts"
import { type Asking, type Instead, runScan } from "./run-scan.ts"

/** The parts that can run in a process of their own. */
export const parts = ["whatsapp", "scan", "verdict", "schedule", "backup", "admin", "projector"] as const
export type Part = (typeof parts)[number]

/** What a test may put around a part, to see it or to break it. The product puts nothing. */
export interface Around {
  readonly log?: (log: EventLogService) => EventLogService
  readonly keyring?: (keyring: KeyringService) => KeyringService
  readonly gateway?: (gateway: GatewayService) => GatewayService
  readonly whatsAppGateway?: (gateway: GatewayService) => GatewayService
  /** The URL of a server in WhatsApp's place. */
  readonly whatsAppServer?: string
  /** What there is in place of WhatsApp's media host. */
  readonly whatsAppMedia?: GetMedia
  /** What answers the scanner in place of the outside. */
  readonly outside?: Outside
  /** What is in place of the lists, and what tells the watch of their changes. */
  readonly lists?: Pick<Instead, "lists" | "relay">
}

export interface Foundation {
  readonly address: NatsAddress
  readonly dataFolder: string
  /** `embedded` when nats-server is a child of this process. */
  readonly server: "embedded" | "external"
  readonly serverVersion: string
  /** Answers, with the reason, when an embedded server ends without being asked to. */
  readonly died: Effect.Effect<{ readonly message: string }>
}

/** Makes the data folder and finds, fetches or reaches nats-server. */
export const layFoundation = Effect.fn("layFoundation")(function* (options: {
  readonly dataFolder: string
  readonly external: NatsAddress | undefined
  /** Of the server that is started. */
  readonly own?: Pick<NatsServerOptions, "port" | "users"> | undefined
  readonly say: (line: string) => Effect.Effect<void>
}) {
  const { dataFolder, external, own, say } = options
  yield* Effect.try({
    try: () => mkdirSync(dataFolder, { recursive: true, mode: 0o700 }),
    catch: (cause) => new DataFolderUnusable(dataFolder, cause)
  })
  if (external !== undefined) {
    const serverVersion = yield* checkExternal(external)
    return {
      address: external,
      dataFolder,
      server: "external",
      serverVersion,
      died: Effect.never
    } satisfies Foundation
  }
  const program = yield* ensureNatsServer({ dataFolder, say })
  const server = yield* startNatsServer({ ...own, binary: program.path, dataFolder, say })
  return {
    address: { url: server.url, user: server.user, password: Redacted.make(server.pass) },
    dataFolder,
    server: "embedded",
    serverVersion: server.version,
    died: server.died
  } satisfies Foundation
})

/** Why a folder cannot be made, by the system's own code for it. */
const folderTroubles: Readonly<Record<string, string>> = {
  EEXIST: "a file in its place",
  ENOTDIR: "a file where one of its parent folders should be",
  EACCES: "that this user may not make it",
  EPERM: "that this user may not make it",
  EROFS: "a file system that cannot be written",
  ENOSPC: "a full disk"
}

/** The data folder cannot be made or written. */
export class DataFolderUnusable extends Error {
  readonly _tag = "DataFolderUnusable"
  constructor(folder: string, cause: unknown) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
    const found = folderTroubles[code] ?? (cause instanceof Error ? cause.message : String(cause))
    super(
      `expected a folder that can be written at ${folder}, found ${found}. Set WADJET_DATA to another one, or mend this one`
    )
  }
}

/** Connection, keyring, log, commands and leases of one process. */
export const services = (foundation: Foundation, around: Around = {}) => {
  const stored = sqliteKeyring(join(foundation.dataFolder, "keyring.db"))
  const keyring =
    around.keyring === undefined
      ? stored
      : Layer.effect(Keyring, Effect.map(Keyring, around.keyring)).pipe(Layer.provide(stored))
  const base = Layer.mergeAll(
    Nats.layer(foundation.address, "wadjet"),
    keyring,
    Layer.succeed(LogFolder, foundation.dataFolder)
  )
  const log =
    around.log === undefined
      ? jetStreamLog
      : Layer.effect(EventLog, Effect.map(EventLog, around.log)).pipe(Layer.provide(jetStreamLog))
  return Layer.mergeAll(log, natsCommandBus, natsLeases).pipe(Layer.provideMerge(base))
}

/** Runs a process manager under supervision; the state of its folds is in `actors/<name>.db`. */
export const runManager = Effect.fn("runManager")(function* <L extends AnyEvent, P extends AnyEvent, R>(
  actor: ProcessManager<L, P, R>,
  dataFolder: string
) {
  const ready = yield* Deferred.make<void>()
  const path = join(dataFolder, "actors", `${actor.name}.db`)
  const once = Effect.gen(function* () {
    const log = yield* EventLog
    const db = yield* openSqlite(path, "derived")
    const store = openStateStore(db, log.generation, actor.version)
    return yield* runProcessManager(actor, store, () => Deferred.doneUnsafe(ready, Effect.void))
  })
  const fiber = yield* Effect.forkScoped(supervise(actor.name, begunAnewWhereDamaged(path, once)))
  return { ready: Deferred.await(ready), fiber }
})

export interface ActorOptions {
  readonly dataFolder: string
  readonly pacing: PacingLimits
  readonly history?: HistoryLimits | undefined
  readonly calls?: Calls | undefined
  readonly pictures?: Pictures | undefined
  readonly only?: ReadonlySet<Part>
  readonly around?: Around
  /** What is asked about links outside; left out, nobody is asked anything. */
  readonly asking?: Asking | undefined
  /** Brands that may be imitated; left out, those that Wadjet knows from the start. */
  readonly brands?: BrandIndex | undefined
  /** Where the log is copied to, and for whom; left out, nowhere. */
  readonly copying?: Copying | undefined
  /** Whether it connects to WhatsApp, once a number is linked: not for a moment's work, such as an import. */
  readonly whatsApp?: boolean
}

/** The session of a data folder. Codes for linking go over core NATS, to whoever asks to see them. */
const sessionOf = ({ around = {}, dataFolder, whatsApp = false }: ActorOptions) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const nats = yield* Nats
      const { account } = yield* Keyring
      return sessionLayer({
        connects: whatsApp,
        path: join(dataFolder, "session.db"),
        keyringPath: join(dataFolder, "keyring.db"),
        server: around.whatsAppServer,
        speak: (latest) => speakLive(nats, account, liveSessionTopic, LiveSession, latest)
      })
    })
  )

/** The ways out. That to WhatsApp is there without a connection, too: what is to go there waits. */
const gatewaysOf = (sandbox: GatewayService, { around = {}, dataFolder }: ActorOptions) => {
  const { gateway = (it) => it, whatsAppGateway = (it) => it } = around
  return Layer.effect(
    Gateways,
    Effect.map(openWhatsAppGateway({ mediaFolder: join(dataFolder, "media") }), (whatsapp) => ({
      sandbox: gateway(sandbox),
      whatsapp: whatsAppGateway(whatsapp)
    }))
  )
}

/** Nobody waits for it to be ready: any number of scanners scan, and one of them holds the watch. */
const beside = <F, E, R>(running: Effect.Effect<{ readonly fiber: F }, E, R>) =>
  Effect.map(running, ({ fiber }) => ({ fiber, ready: Effect.void }))

const insteadOf = ({ lists, outside }: Around): Instead | undefined =>
  lists === undefined && outside === undefined
    ? undefined
    : { ...(outside === undefined ? {} : { outside }), ...lists }

/** Runs the actors of chats and links, and answers once they have folded the log and take inputs. */
export const runActors = Effect.fn("runActors")(function* (options: ActorOptions) {
  const { dataFolder, around = {} } = options
  const wants = (part: Part) => options.only === undefined || options.only.has(part)
  const began = yield* Clock.currentTimeMillis
  // Files are where the process is that sends them.
  const mediaFolder = wants("whatsapp") ? join(dataFolder, "media") : undefined
  const sandbox = yield* openSandbox(join(dataFolder, "sandbox.db")).pipe(
    Effect.provideService(MediaFolder, mediaFolder)
  )
  const reaching = yield* Layer.build(
    wants("whatsapp")
      ? Layer.provideMerge(gatewaysOf(sandbox, options), sessionOf(options))
      : Layer.succeed(Gateways, {})
  )
  const scan = wants("scan")
    ? yield* runScan(dataFolder, options.asking, insteadOf(around), options.brands)
    : undefined
  const actors = yield* Effect.all(
    [
      ...(wants("whatsapp")
        ? [
            Effect.provide(
              runManager(
                makeWhatsApp(
                  options.pacing,
                  options.history,
                  options.calls,
                  yield* readingOf(options.pictures, around.whatsAppMedia)
                ),
                dataFolder
              ),
              reaching
            )
          ]
        : []),
      ...(wants("verdict") ? [runManager(verdict, dataFolder)] : []),
      ...(wants("schedule") ? [runManager(schedule, dataFolder)] : []),
      ...(wants("backup") && options.copying !== undefined
        ? [
            Effect.provide(
              runManager(makeBackup({ dataFolder, ...options.copying }), dataFolder),
              rawJetStreamLog
            )
          ]
        : []),
      ...(wants("admin") ? [runManager(admin, dataFolder)] : []),
      ...(scan === undefined ? [] : [beside(runManager(scan.watch, dataFolder))])
    ],
    { concurrency: "unbounded" }
  ).pipe(
    Effect.provideService(CatchUpTurns, yield* Semaphore.make(1)),
    Effect.provideService(MediaFolder, mediaFolder)
  )
  const running = [...actors, ...(scan?.workers ?? [])]
  yield* Effect.forEach(running, (actor) => actor.ready, { concurrency: "unbounded", discard: true })
  return {
    readyAfterMillis: (yield* Clock.currentTimeMillis) - began,
    fibers: running.map((actor) => actor.fiber)
  }
})

export type SystemServices = EventLog | CommandBus | Keyring | Leases | Nats | Scope.Scope
