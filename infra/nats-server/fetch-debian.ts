import { existsSync } from "node:fs"
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Effect } from "effect"
import {
  type AptSource,
  debianKeyring,
  debianMirror,
  parseDeb822,
  parseOneLineSources
} from "./apt-sources.ts"
import { fetchedBinary, inspectBinary } from "./find.ts"
import { runCommand } from "./run-command.ts"

/** The suites that carry a recent nats-server, the steadier first. Debian 13 still has 2.10. */
const suites = ["forky", "sid"]

/** Lists of packages are 10 MB; a mirror that needs longer than this is as good as not there. */
const updateSecondsMax = 60
/** The package is 5 MB. */
const downloadSecondsMax = 60
/** Unpacking takes a third of a second. */
const unpackSecondsMax = 30
/** A silent mirror is given up after this; a refused connection fails at once. */
const connectSeconds = 5

/**
 * Fetches nats-server from the Debian mirror that the system's own apt is configured for, into `<data>/bin`.
 * Everything happens in a private folder that is removed afterwards: the system's package state is neither
 * changed nor locked, and no rights are needed beyond writing the data folder. apt verifies the archive's
 * signature with the system's Debian keyring.
 */
export const fetchFromDebian = Effect.fn("fetchFromDebian")(function* (
  dataFolder: string,
  say: (line: string) => Effect.Effect<void>,
  readSources: () => Promise<ReadonlyArray<AptSource>> = readSystemSources
) {
  const mirror = debianMirror(yield* Effect.promise(readSources))
  if (mirror === undefined) return yield* Effect.fail("apt's configuration names no Debian mirror")
  const keyring = mirror.signedBy ?? debianKeyring
  if (!existsSync(keyring)) return yield* Effect.fail(`the Debian keyring ${keyring} is not there`)

  const target = fetchedBinary(dataFolder)
  const folder = yield* Effect.acquireRelease(
    Effect.tryPromise({
      try: async () => {
        await mkdir(dirname(target), { recursive: true })
        return mkdtemp(join(dirname(target), ".fetch-"))
      },
      catch: (error) => `${dirname(target)} cannot be written (${String(error)})`
    }),
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
  )
  const reasons: Array<string> = []
  for (const suite of suites) {
    yield* say(`fetching nats-server from ${mirror.uri} (Debian ${suite}), without touching the system`)
    const unpacked = yield* unpackFromSuite({ folder: join(folder, suite), mirror, keyring, suite }).pipe(
      Effect.flatMap((path) => inspectBinary(path)),
      Effect.catch((reason) => {
        reasons.push(`${suite}: ${reason}`)
        return Effect.undefined
      })
    )
    if (unpacked === undefined) continue
    yield* Effect.promise(() => install(unpacked.path, target))
    return { path: target, version: unpacked.version }
  }
  return yield* Effect.fail(reasons.join("; "))
}, Effect.scoped)

const unpackFromSuite = Effect.fn("unpackFromSuite")(
  function* ({ folder, keyring, mirror, suite }: Place) {
    const conf = join(folder, "apt.conf")
    yield* Effect.promise(async () => {
      await mkdir(join(folder, "state", "lists", "partial"), { recursive: true })
      await mkdir(join(folder, "cache", "archives", "partial"), { recursive: true })
      await writeFile(
        join(folder, "sources.list"),
        `deb [signed-by=${keyring}] ${mirror.uri} ${suite} main\n`
      )
      await writeFile(conf, aptConfiguration(folder))
    })
    const apt = (limitSeconds: number, ...args: ReadonlyArray<string>) =>
      // apt-get download writes to its working folder, and its messages are read by people and tests.
      runCommand("sh", ["-c", 'cd "$0" && LC_ALL=C exec apt-get -q -c apt.conf "$@"', folder, ...args], {
        limitSeconds
      })
    yield* apt(updateSecondsMax, "update")
    yield* apt(downloadSecondsMax, "download", "nats-server")
    const archive = (yield* Effect.promise(() => readdir(folder))).find((name) => name.endsWith(".deb"))
    if (archive === undefined) return yield* Effect.fail("apt-get download left no package")
    yield* runCommand("dpkg", ["-x", join(folder, archive), join(folder, "unpacked")], {
      limitSeconds: unpackSecondsMax
    })
    return join(folder, "unpacked", "usr", "sbin", "nats-server")
  },
  Effect.catchTag("CommandFailed", (error) => Effect.fail(`${error.problem}: ${aptReason(error.output)}`))
)

interface Place {
  readonly folder: string
  readonly keyring: string
  readonly mirror: AptSource
  readonly suite: string
}

/** What apt says went wrong, without its progress lines. */
export const aptReason = (output: string): string => {
  const reasons = output.split("\n").filter((line) => /^(E:|Err:|dpkg)/.test(line))
  return (reasons.length === 0 ? output.split("\n").slice(-3) : reasons).join(" ").slice(0, 600)
}

const aptConfiguration = (folder: string): string => `
Dir::Etc::SourceList "${folder}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "${folder}/state";
Dir::Cache "${folder}/cache";
Acquire::Languages "none";
Acquire::PDiffs "false";
Acquire::Retries "0";
Acquire::http::Timeout "${connectSeconds}";
Acquire::https::Timeout "${connectSeconds}";
// The folder belongs to whoever runs this, and apt's own user could not read it.
APT::Sandbox::User "";
// The system's hooks are about the system's lists, which are not touched here.
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
`

/** What the system's own apt is configured for, in both syntaxes. */
export const readSystemSources = async (): Promise<ReadonlyArray<AptSource>> => {
  const folder = "/etc/apt/sources.list.d"
  const names = (await readdir(folder).catch(() => [])).toSorted()
  const texts = await Promise.all(
    ["/etc/apt/sources.list", ...names.map((name) => join(folder, name))].map(async (path) => ({
      path,
      text: await readFile(path, "utf8").catch(() => "")
    }))
  )
  return texts.flatMap(({ path, text }) => {
    if (path.endsWith(".sources")) return parseDeb822(text)
    return path.endsWith(".list") ? parseOneLineSources(text) : []
  })
}

/** By rename, so that nobody ever sees half a program, whoever else is fetching at the same time. */
const install = async (from: string, target: string): Promise<void> => {
  const whole = `${from}.whole`
  await copyFile(from, whole)
  await chmod(whole, 0o755)
  await rename(whole, target)
}
