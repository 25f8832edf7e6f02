import { constants } from "node:fs"
import { access } from "node:fs/promises"
import { delimiter, join } from "node:path"
import { Config, Effect } from "effect"
import { runCommand } from "./run-command.ts"
import { formatVersion, isRecentEnough, oldestVersion, parseVersion } from "./version.ts"

/** A nats-server that can be run. */
export interface NatsServerBinary {
  /** Absolute path of the program. */
  readonly path: string
  /** For example `2.15.1`. */
  readonly version: string
}

/** Where Debian installs it, which is not on the `PATH` of an ordinary user. */
const systemFolders = ["/usr/local/sbin", "/usr/sbin"]

/** A program that says nothing for this long when asked for its version is not one we can use. */
const versionAnswerSeconds = 5

/** Where a fetched server is kept. */
export const fetchedBinary = (dataFolder: string): string => join(dataFolder, "bin", "nats-server")

/** Asks one program which nats-server it is; the reason as text when it will not do. */
export const inspectBinary = Effect.fn("inspectBinary")(function* (path: string) {
  const said = yield* runCommand(path, ["--version"], { limitSeconds: versionAnswerSeconds }).pipe(
    Effect.mapError((error) => `${path} does not run (${error.problem} ${error.output})`)
  )
  const version = parseVersion(said)
  if (version === undefined) return yield* Effect.fail(`${path} does not say its version`)
  if (!isRecentEnough(version)) {
    const wanted = formatVersion(oldestVersion)
    return yield* Effect.fail(`${path} is version ${formatVersion(version)}, older than ${wanted}`)
  }
  return { path, version: formatVersion(version) } satisfies NatsServerBinary
})

const isProgram = (path: string) =>
  Effect.promise(() =>
    access(path, constants.X_OK).then(
      () => true,
      () => false
    )
  )

/**
 * Looks for a nats-server on `PATH`, then among the system's own folders, then in `<data>/bin`. Answers the
 * first that is recent enough, and what was passed over with the reason, so that it can be said.
 */
export const findNatsServer = Effect.fn("findNatsServer")(function* (dataFolder: string) {
  const searchPath = yield* Config.String("PATH").pipe(Config.withDefault(""))
  const folders = [...searchPath.split(delimiter).filter((folder) => folder !== ""), ...systemFolders]
  const candidates = new Set([
    ...folders.map((folder) => join(folder, "nats-server")),
    fetchedBinary(dataFolder)
  ])
  const passedOver: Array<string> = []
  for (const path of candidates) {
    if (!(yield* isProgram(path))) continue
    const found = yield* inspectBinary(path).pipe(
      Effect.catch((reason) => {
        passedOver.push(reason)
        return Effect.undefined
      })
    )
    if (found !== undefined) return { found: found as NatsServerBinary | undefined, passedOver }
  }
  return { found: undefined, passedOver }
})
