import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { serverPaths } from "./config.ts"
import { NatsServerFailed } from "./errors.ts"
import { runCommand } from "./run-command.ts"

/** A server with synced appends has nothing to write when it is told to stop; seconds are a hung disk. */
const stopSeconds = 5
/** How long the kernel may take to bury a process that was killed. */
const killSeconds = 5
const lookEveryMs = 5

/**
 * Ends the servers that an earlier process of this data folder left behind when it was killed. Two servers
 * on one store destroy it, so none is started before this is done.
 *
 * They are found by the configuration file on their command line, which is this data folder's own: there is
 * no pid file that could be lost with the process, or name an innocent one later. They are ended, not
 * adopted: a server that is not our child cannot be watched, and a start costs 30 ms. The caller holds the
 * folder's lock, so whatever runs is nobody's.
 */
export const endLeftovers = Effect.fn("endLeftovers")(function* (
  configFile: string,
  say: (line: string) => Effect.Effect<void>
) {
  for (const pid of yield* serversOf(configFile)) {
    yield* say(`ending nats-server ${pid}, left over from a process that was killed`)
    if (yield* ended(pid, configFile, "SIGTERM", stopSeconds)) continue
    if (yield* ended(pid, configFile, "SIGKILL", killSeconds)) continue
    return yield* new NatsServerFailed({
      reason: "leftover-server",
      expected: `to end nats-server ${pid}, which a killed process left on this data folder`,
      found: "that it still runs",
      next: `End it (kill -9 ${pid}, perhaps as its owner), then start again.`
    })
  }
})

/** Ends what a killed process left running on the `nats/` of a folder, which nobody else may use at this moment. */
export const endServersIn = Effect.fn("endServersIn")(function* (dataFolder: string) {
  const folder = join(dataFolder, "nats")
  if (!existsSync(folder)) return
  yield* endLeftovers(serverPaths(realpathSync(folder)).config, () => Effect.void)
})

const ended = Effect.fn("ended")(function* (
  pid: number,
  configFile: string,
  signal: NodeJS.Signals,
  limitSeconds: number
) {
  yield* Effect.try(() => process.kill(pid, signal)).pipe(Effect.ignore)
  const gone = Effect.gen(function* () {
    while ((yield* serversOf(configFile)).includes(pid)) yield* Effect.sleep(lookEveryMs)
    return true
  })
  return yield* gone.pipe(
    Effect.timeoutOrElse({ duration: `${limitSeconds} seconds`, orElse: () => Effect.succeed(false) })
  )
})

/** The processes that were started with this configuration file. */
const serversOf = Effect.fn("serversOf")(function* (configFile: string) {
  if (existsSync("/proc/self/cmdline")) return yield* Effect.sync(() => serversInProc(configFile))
  const table = yield* runCommand("ps", ["-axww", "-o", "pid=,command="], { limitSeconds: stopSeconds }).pipe(
    Effect.catch(() => Effect.succeed(""))
  )
  return table
    .split("\n")
    .filter((line) => line.includes(` ${configArgument(configFile)}`))
    .map((line) => Number.parseInt(line, 10))
})

const serversInProc = (configFile: string): ReadonlyArray<number> =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => argumentsOf(name).includes(configArgument(configFile)))
    .map(Number)

const argumentsOf = (pid: string): ReadonlyArray<string> => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")
  } catch {
    // It ended while we were looking.
    return []
  }
}

/** How a server's command line names its configuration, in one argument, so that it cannot be mistaken. */
export const configArgument = (configFile: string): string => `--config=${configFile}`
