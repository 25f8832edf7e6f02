import { chmod, mkdir, realpath, statfs, writeFile } from "node:fs/promises"
import { resolve } from "node:path"
import { Deferred, Effect } from "effect"
import { greeting, launch, listening, stop } from "./child.ts"
import { type NatsUser, renderConfig, serverPaths } from "./config.ts"
import { ensureCredentials } from "./credentials.ts"
import { explainEnding, folderUnusable, NatsServerFailed } from "./errors.ts"
import { holdFolder } from "./folder-lock.ts"
import { endLeftovers } from "./leftover.ts"
import { formatVersion, isRecentEnough, oldestVersion, parseVersion } from "./version.ts"

/** A million messages are ready in 0.6 s after a kill; a store a hundred times as large still fits. */
const readySeconds = 60
/** The port is open by then: an answer takes a millisecond. */
const greetingSeconds = 5
/** With less than this nothing is started: the log would take a few events more and then refuse. */
const defaultFreeMinBytes = 64 * 1024 * 1024
/** How much of the file system the log may fill; the rest is the read models' and the system's. */
const fileStoreShare = 0.9

export interface NatsServerOptions {
  /** The program, from `ensureNatsServer`. */
  readonly binary: string
  /** The folder whose `nats/` holds everything of the server. */
  readonly dataFolder: string
  /** A loopback port; left out, a free one is taken. */
  readonly port?: number | undefined
  /** Who else may say or hear what, besides Wadjet itself. */
  readonly users?: ReadonlyArray<NatsUser> | undefined
  /** Milliseconds between fsyncs, for tests and imports; left out, each append is synced before its ack. */
  readonly syncIntervalMs?: number | undefined
  /** Bytes that must be free on the disk; 64 MiB if left out. */
  readonly freeMinBytes?: number | undefined
  /** Hears what is done besides starting, such as ending a leftover server. */
  readonly say?: ((line: string) => Effect.Effect<void>) | undefined
}

/** A running nats-server of our own. */
export interface NatsServer {
  /** `nats://127.0.0.1:<port>` */
  readonly url: string
  readonly port: number
  readonly user: string
  readonly pass: string
  readonly pid: number
  /** For example `2.15.1`, as the server itself says. */
  readonly version: string
  /** Answers, with the reason, when the server ends without being asked to; never otherwise. */
  readonly died: Effect.Effect<NatsServerFailed>
}

/**
 * Starts the nats-server of a data folder as a child, answers once it greets on its own port, and stops it
 * when the scope closes. A data folder has one at a time: a second process is refused, and a server left over
 * from a killed process is ended first. Fails with `NatsServerFailed`, whose `reason` says which.
 *
 * @example
 * const server = yield* startNatsServer({ binary: path, dataFolder: "./data" })
 * yield* Effect.raceFirst(application(server), Effect.flatMap(server.died, Effect.fail))
 */
export const startNatsServer = Effect.fn("startNatsServer")(function* (options: NatsServerOptions) {
  const { fileStoreMaxBytes, folder } = yield* prepareFolder(
    resolve(options.dataFolder, "nats"),
    options.freeMinBytes ?? defaultFreeMinBytes
  )
  const paths = serverPaths(folder)
  yield* holdFolder(paths.lock)
  yield* endLeftovers(paths.config, options.say ?? (() => Effect.void))
  const { password, serverName, user } = yield* ensureCredentials(paths.credentials)
  yield* writeConfig(
    paths.config,
    renderConfig({
      folder,
      serverName,
      port: options.port ?? -1,
      users: [{ user, password }, ...(options.users ?? [])],
      syncIntervalMs: options.syncIntervalMs,
      fileStoreMaxBytes
    })
  )
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => launch(options.binary, paths)),
    (started) => stop(started)
  )
  const ending = (wasReady: boolean) =>
    Effect.map(Deferred.await(child.ended), (ended) =>
      explainEnding({ ...ended, port: options.port, folder, logFile: paths.log, wasReady })
    )
  const port = yield* Effect.raceFirst(listening(child), Effect.flatMap(ending(false), Effect.fail)).pipe(
    Effect.timeoutOrElse({
      duration: `${readySeconds} seconds`,
      orElse: () => Effect.fail(notReady(paths.log))
    })
  )
  const version = yield* verifiedVersion(port, serverName)
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    user,
    pass: password,
    pid: child.pid,
    version,
    died: Effect.flatMap(ending(true), (failure) => (child.asked ? Effect.never : Effect.succeed(failure)))
  } satisfies NatsServer
})

/**
 * Makes the folder, and answers how many bytes the log may take on its file system, and the folder's one true
 * path: by it a leftover server is recognised, whichever way the data folder was named then and is now.
 */
const prepareFolder = Effect.fn("prepareFolder")(function* (path: string, freeMinBytes: number) {
  const { folder, space } = yield* Effect.tryPromise({
    try: async () => {
      await mkdir(path, { recursive: true, mode: 0o700 })
      await chmod(path, 0o700)
      return { folder: await realpath(path), space: await statfs(path) }
    },
    catch: (error) => folderUnusable(path, error)
  })
  const freeBytes = space.bavail * space.bsize
  if (freeBytes < freeMinBytes) {
    return yield* new NatsServerFailed({
      reason: "disk-full",
      expected: `at least ${freeMinBytes} bytes free for ${folder}`,
      found: `${freeBytes}`,
      next: "Free some space, or move the data folder (WADJET_DATA). Nothing that was acknowledged is lost."
    })
  }
  return { folder, fileStoreMaxBytes: Math.floor(space.blocks * space.bsize * fileStoreShare) }
})

const writeConfig = Effect.fn("writeConfig")(function* (path: string, text: string) {
  yield* Effect.tryPromise({
    try: () => writeFile(path, text, { mode: 0o600 }),
    catch: (error) => folderUnusable(path, error)
  })
})

/** Makes sure that who answers on the port is the server that was started, and one that Wadjet can use. */
const verifiedVersion = Effect.fn("verifiedVersion")(function* (port: number, serverName: string) {
  const wanted = `nats-server ${formatVersion(oldestVersion)} or newer, with JetStream, on 127.0.0.1:${port}`
  const refused = (found: string) =>
    new NatsServerFailed({
      reason: "refused",
      expected: wanted,
      found,
      next: "Run `wadjet doctor`, which names the program that was started."
    })
  const info = yield* greeting(port).pipe(
    Effect.timeoutOrElse({
      duration: `${greetingSeconds} seconds`,
      orElse: () => Effect.fail(`no greeting within ${greetingSeconds} s`)
    }),
    Effect.mapError(refused)
  )
  const version = parseVersion(info.version)
  if (info.server_name !== serverName) return yield* refused(`another server, ${info.server_name}`)
  if (version === undefined || !isRecentEnough(version)) return yield* refused(`version ${info.version}`)
  if (info.jetstream !== true) return yield* refused("a server without JetStream")
  return formatVersion(version)
})

const notReady = (log: string) =>
  new NatsServerFailed({
    reason: "not-ready",
    expected: `nats-server to be ready within ${readySeconds} s`,
    found: "that it is still starting",
    next: `Read ${log}; a very large store, or a slow disk, needs longer.`
  })
