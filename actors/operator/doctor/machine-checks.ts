/** The machine: runtime, clock, time zones, disk. */
import { existsSync, statSync } from "node:fs"
import { statfs } from "node:fs/promises"
import { join } from "node:path"
import { Clock, Effect } from "effect"
import { diskFreeMinBytes } from "../../../infra/disk/room.ts"
import { openSqliteReadOnly } from "../../../infra/sqlite/open.ts"
import { locationIn } from "../../../projections/location.ts"
import { bytesText } from "../health.ts"
import { isZone, systemZone } from "../ingest/local-time.ts"
import { check, type Check, fail, ok, warn } from "./finding.ts"
import { nearestExisting } from "./nearest.ts"

/** Type stripping without a flag, and the rest that Wadjet relies on, are in Node from here on. */
const nodeMajorMin = 24
/** A clock that shows less was never set: Wadjet is younger. */
const clockMin = Date.UTC(2024, 0, 1)
/** Clocks of one machine differ by less. */
const clockSlackMillis = 60_000
/** How far two ways of measuring the same moment may be apart. */
const driftMaxMillis = 250
const driftSampleMillis = 100
/** The start is refused below this; see infra/nats-server/start.ts. */
const startFreeMinBytes = 64 * 1024 * 1024

const node = check("node", () => {
  const version = process.versions.node
  return Effect.succeed(
    Number.parseInt(version, 10) >= nodeMajorMin
      ? ok(`${version}, ${process.platform} ${process.arch}`)
      : fail(version, `Run npm ci, which brings Node ${nodeMajorMin}, or install it.`)
  )
})

/** When the newest event was recorded, as the read models have it; 0 where there are none. */
const newestEvent = Effect.fnUntraced(
  function* (dataFolder: string) {
    const { database } = locationIn(dataFolder)
    if (!existsSync(database)) return 0
    const db = yield* openSqliteReadOnly(database)
    return db.prepare<[], number>("select time from checkpoint").pluck().get() ?? 0
  },
  Effect.scoped,
  Effect.orElseSucceed(() => 0)
)

const setClock = "Set the clock, and keep it set (chrony, systemd-timesyncd)."

const clock = check("clock", ({ dataFolder }) =>
  Effect.gen(function* () {
    const wall = yield* Clock.currentTimeMillis
    const steady = performance.now()
    yield* Effect.sleep(driftSampleMillis)
    const drift = Math.abs((yield* Clock.currentTimeMillis) - wall - (performance.now() - steady))
    const shown = new Date(wall).toISOString()
    if (wall < clockMin) return fail(`it shows ${shown}, before Wadjet was written`, setClock)
    const newest = yield* newestEvent(dataFolder)
    if (newest > wall + clockSlackMillis)
      return fail(
        `it shows ${shown}, but the log has an event of ${new Date(newest).toISOString()}`,
        setClock
      )
    if (drift > driftMaxMillis)
      return warn(`it jumped by ${Math.round(drift)} ms while it was looked at`, setClock)
    return ok(shown)
  })
)

/** Go programs such as nats-server read time zones from here. */
const zoneFolders = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo"]

const zones = check("time zones", () =>
  Effect.sync(() => {
    const zone = systemZone()
    if (!isZone("Europe/Berlin") || !isZone(zone))
      return fail(
        `Node does not know ${isZone(zone) ? "Europe/Berlin" : zone}`,
        "Use a Node with full ICU data; npm ci brings one."
      )
    if (!zoneFolders.some((folder) => existsSync(join(folder, "Europe"))))
      return warn(
        `this machine's zone is ${zone}; no zone files for nats-server`,
        "Install the package tzdata."
      )
    return ok(`this machine's zone is ${zone}`)
  })
)

const disk = check("disk", ({ dataFolder }) =>
  Effect.map(
    Effect.tryPromise(() => statfs(nearestExisting(dataFolder))),
    ({ bavail, bsize }) => {
      const free = bavail * bsize
      const found = `${bytesText(free)} free`
      if (free < startFreeMinBytes)
        return fail(found, `Free some space: Wadjet does not start below ${bytesText(startFreeMinBytes)}.`)
      return free < diskFreeMinBytes ? warn(found, "Free some space soon.") : ok(found)
    }
  )
)

/** Files that a bundle is made of, as the launcher knows them. */
const sources = ["actors", "contracts", "infra", "projections", "package.json", "package-lock.json"]

const newestIn = async (path: string): Promise<number> => {
  const { readdir } = await import("node:fs/promises")
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  const inside = await Promise.all((await readdir(path)).map((name) => newestIn(join(path, name))))
  return Math.max(stat.mtimeMs, ...inside)
}

const bundle = check("bundle", ({ home }) =>
  Effect.promise(async () => {
    const built = statSync(join(home, "dist", "build.json"), { throwIfNoEntry: false })
    const makeIt =
      "Run npm start, or node infra/bundle/ensure.js: a bundle starts sooner and takes less memory."
    if (built === undefined) return warn("there is none, so the sources are run", makeIt)
    if (!existsSync(join(home, "actors"))) return ok("installed without sources")
    const newest = Math.max(...(await Promise.all(sources.map((name) => newestIn(join(home, name))))))
    return newest > built.mtimeMs
      ? warn("it is older than the sources, which are run instead", makeIt)
      : ok("as new as the sources")
  })
)

export const machineChecks: ReadonlyArray<Check> = [node, bundle, clock, zones, disk]
