/** Running the whole system, or parts of it, in this process: what `run`, `ingest` and tests stand on. */
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Context, Effect, Fiber, Layer, Schema } from "effect"
import { SessionStatus } from "../../contracts/commands.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { makeGuardedClient } from "../../infra/guarded-client/client.ts"
import { Nats, type NatsAddress, type NatsService } from "../../infra/nats/connection.ts"
import type { NatsServerOptions } from "../../infra/nats-server/start.ts"
import { PastModels } from "../../projections/past/models.ts"
import { ReadModels } from "../../projections/reader.ts"
import { type Projector, startProjector } from "../../projections/start-projector.ts"
import type { Address } from "../admin/server.ts"
import type { BrandIndex } from "../scan/brand-index.ts"
import type { Calls, Pictures } from "../whatsapp/actor.ts"
import type { HistoryLimits } from "../whatsapp/incoming/drain.ts"
import type { PacingLimits } from "../whatsapp/pacing/limits.ts"
import { supervise } from "../../infra/actor/supervise.ts"
import { runAlerts } from "./alerts/run-alerts.ts"
import type { Way } from "./alerts/ways.ts"
import { durabilityOf } from "./durability.ts"
import { followCheckpoint, type ReadModelsReplaced } from "./follow-checkpoint.ts"
import { healthOf } from "./health.ts"
import { calendarOf } from "./calendar.ts"
import { type Refreshing, refreshOf } from "./older-scheduler/refresh.ts"
import { readContactText } from "./read-contact-text.ts"
import { readOlder } from "./read-older.ts"
import type { Copying } from "./run-backup.ts"
import type { Asking } from "./run-scan.ts"
import { serveProjections } from "./serve-projections.ts"
import { watchDisk } from "./watch-disk.ts"
import { type Around, type Foundation, layFoundation, type Part, runActors, services } from "./system.ts"
import { weighingOf } from "./weighing.ts"

export interface SystemOptions {
  readonly dataFolder: string
  /** A NATS server that runs elsewhere; left out, a child of this process. */
  readonly external?: NatsAddress | undefined
  /** The port of that child, and who else may speak with it. */
  readonly own?: Pick<NatsServerOptions, "port" | "users"> | undefined
  readonly pacing: PacingLimits
  /** How much of the past is taken when a phone hands it over; left out, a week. */
  readonly history?: HistoryLimits | undefined
  /** What becomes of calls to the linked number; left out, they ring. */
  readonly calls?: Calls | undefined
  /** What becomes of pictures that messages bring; left out, nothing. */
  readonly pictures?: Pictures | undefined
  /** Where the page and the API listen; left out, they are not started. */
  readonly http?: Address | undefined
  /** How browsers reach the page, where that is not where it listens. */
  readonly publicUrl?: string | undefined
  /** Whether an owner's key is made where there is none; left out, it is. */
  readonly wantsFirstKey?: boolean | undefined
  /** The parts to run; all of them if left out. */
  readonly only?: ReadonlySet<Part> | undefined
  readonly around?: Around | undefined
  /** The ways by which the operator is told what WhatsApp cannot carry; none if left out. */
  readonly alerts?: ReadonlyArray<Way> | undefined
  /** What is asked about links outside; left out, nobody is asked anything. */
  readonly asking?: Asking | undefined
  /** Brands that may be imitated; left out, those that Wadjet knows from the start. */
  readonly brands?: BrandIndex | undefined
  /** Where the log is copied to, and for whom; left out, nowhere. */
  readonly copying?: Copying | undefined
  /** The older scheduler whose changes are taken when it asks for it; none if left out. */
  readonly refreshing?: Refreshing | undefined
  /** Whether it connects to WhatsApp, once a number is linked; left out, it does not. */
  readonly whatsApp?: boolean | undefined
  /** From how many milliseconds on a query of the read models is logged; left out, none is. */
  readonly slowQueryMillis?: number | undefined
  readonly say: (line: string) => Effect.Effect<void>
}

/** A part ended without being asked to, and the system cannot go on without it. */
export class SystemStopped extends Schema.TaggedError<SystemStopped>()("SystemStopped", {
  part: Schema.Literals(["nats-server", "actor", "projector", "disk"]),
  cause: Schema.Defect()
}) {
  override get message(): string {
    return this.cause instanceof Error ? this.cause.message : String(this.cause)
  }
}

const stoppedBy = (part: SystemStopped["part"]) => (cause: unknown) =>
  Effect.fail(new SystemStopped({ part, cause }))

/** A server of ours that died does not come back: waiting for its answers would only make the end a long one. */
const hangUp = ({ connection }: NatsService) => Effect.ignore(Effect.promise(() => connection.close()))

/** Fails with the first part that ends; never succeeds. */
const firstEnd = (
  foundation: Foundation,
  nats: NatsService,
  actors: ReadonlyArray<Fiber.Fiber<never, { readonly message: string }>>,
  projector: Projector | undefined,
  replaced: Effect.Effect<never, ReadModelsReplaced>
): Effect.Effect<never, SystemStopped> =>
  Effect.raceAllFirst([
    Effect.catch(replaced, stoppedBy("projector")),
    Effect.flatMap(Effect.tap(foundation.died, hangUp(nats)), stoppedBy("nats-server")),
    ...actors.map((actor) => Effect.catch(Fiber.join(actor), stoppedBy("actor"))),
    ...(projector === undefined ? [] : [Effect.catch(projector.failed, stoppedBy("projector"))]),
    Effect.catch(watchDisk(foundation.dataFolder), stoppedBy("disk"))
  ])

/** What threads that fold the log need to find it. */
const threadOptions = ({ address, dataFolder }: Foundation) => ({
  nats: { url: address.url, user: address.user, password: address.password },
  dataFolder
})

const startParts = Effect.fnUntraced(function* (options: SystemOptions, foundation: Foundation) {
  const { dataFolder } = foundation
  const { around, history, only, pacing } = options
  const wanted = { ...(only === undefined ? {} : { only }), ...(around === undefined ? {} : { around }) }
  const startOwnProjector = startProjector(threadOptions(foundation))
  const [actors, projector] = yield* Effect.all(
    [
      runActors({
        dataFolder,
        pacing,
        history,
        calls: options.calls,
        pictures: options.pictures,
        ...wanted,
        asking: options.asking,
        brands: options.brands,
        copying: options.copying,
        whatsApp: options.whatsApp === true
      }),
      only === undefined || only.has("projector") ? startOwnProjector : Effect.undefined
    ],
    { concurrency: "unbounded" }
  )
  // Without a projector in this process, readers look at the checkpoint of the one that runs elsewhere.
  const following =
    projector === undefined
      ? yield* followCheckpoint(dataFolder)
      : { file: projector.file, reached: projector.reached, replaced: Effect.never }
  if (projector !== undefined) yield* serveProjections(projector, threadOptions(foundation))
  return { fibers: actors.fibers, projector, following }
})

/** The HTTP server is loaded only where it is wanted: `ingest` runs without. */
const startPage = Effect.fnUntraced(function* (
  http: Address,
  foundation: Foundation,
  projector: Projector | undefined,
  { publicUrl, refreshing, wantsFirstKey = true, whatsApp }: SystemOptions
) {
  const bus = yield* CommandBus
  const { startAdmin } = yield* Effect.promise(() => import("../admin/start-admin.ts"))
  const { dataFolder, server } = foundation
  const log = yield* EventLog
  return yield* startAdmin({
    http,
    publicUrl,
    wantsFirstKey,
    weighingOf,
    calendarOf,
    readContacts: readContactText,
    readOlder,
    outbound: yield* makeGuardedClient(),
    refresh: refreshing === undefined ? undefined : refreshOf(refreshing),
    webFolder: fileURLToPath(new URL("../admin/web/", import.meta.url)),
    dataFolder,
    health: healthOf({
      log,
      projector,
      dataFolder,
      durability: durabilityOf(server),
      session:
        whatsApp === true ? Effect.map(bus.request(SessionStatus, {}), (status) => status.session) : undefined
    })
  })
})

/**
 * Starts the system in the current scope, and answers once its actors have folded the log and take inputs.
 * When the scope closes, everything ends in the reverse order of its start, nats-server last. Whoever runs it
 * races its work with `stopped`.
 *
 * @example
 * const system = yield* runSystem({ dataFolder: "./data", pacing: defaultPacing, say: Effect.log })
 * yield* Effect.raceFirst(work.pipe(Effect.provideContext(system.context)), system.stopped)
 */
export const runSystem = Effect.fn("runSystem")(function* (options: SystemOptions) {
  const { dataFolder, external, http, only, say } = options
  const foundation = yield* layFoundation({ dataFolder, external, own: options.own, say })
  const base = yield* Layer.build(services(foundation, options.around))
  const { fibers, following, projector } = yield* Effect.provideContext(startParts(options, foundation), base)
  const models = yield* Effect.provideContext(
    Layer.build(
      Layer.merge(
        ReadModels.layer(following, options.slowQueryMillis),
        PastModels.layer(threadOptions(foundation))
      )
    ),
    base
  )
  const context = Context.merge(base, models)
  const wantsPage = http !== undefined && (only === undefined || only.has("admin"))
  const page = wantsPage
    ? yield* Effect.provideContext(startPage(http, foundation, projector, options), context)
    : undefined
  const { alerts = [] } = options
  if (alerts.length > 0)
    yield* Effect.provideContext(
      Effect.forkScoped(supervise("alerts", runAlerts(join(dataFolder, "alerts.db"), alerts))),
      base
    )
  const nats = Context.get(base, Nats)
  return {
    foundation,
    context,
    projector,
    /** Where the page is, and the link that opens it the first time. */
    page,
    stopped: firstEnd(foundation, nats, fibers, projector, following.replaced)
  }
})
