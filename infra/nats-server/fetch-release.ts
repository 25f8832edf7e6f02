import { createHash } from "node:crypto"
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises"
import { arch, platform } from "node:os"
import { dirname, join } from "node:path"
import { Effect } from "effect"
import { fetchedBinary, inspectBinary } from "./find.ts"
import { runCommand } from "./run-command.ts"

/** The release Wadjet is built and measured with. */
export const releaseVersion = "2.15.1"

/** Where releases are, and what they must be. */
export interface ReleasePlace {
  readonly folder: string
  /** SHA-256 of the archives by platform, hexadecimal. */
  readonly digests: Readonly<Record<string, string>>
}

/**
 * The NATS project's own releases. A wrong digest can only refuse an archive. Where these come from is in
 * docs/decisions/0010-nats-server-acquisition.md; platforms that are not listed are not fetched.
 */
const officialReleases: ReleasePlace = {
  folder: "https://github.com/nats-io/nats-server/releases/download",
  digests: {
    "linux-amd64": "bf5edc7b1ce98e885c368cb43a886eb148dc5d0551d99f3cf6141fb5e1954c70",
    "linux-arm64": "e2fbab4cad7d3c76e3052eb959570393c9d73ba756b70bf8e9eea61e9ae6d49c"
  }
}

/** A host that has not begun to answer after this is as good as not there: the next way is tried. */
const answerSeconds = 5
/** The archive is 6 MB. */
const downloadSecondsMax = 120
/** More than any release was: what is larger is not a nats-server. */
const archiveBytesMax = 64 * 1024 * 1024
const unpackSecondsMax = 30

/** The release's name for this machine, `linux-amd64`. */
export const releasePlatform = (system: string = platform(), machine: string = arch()): string =>
  `${system}-${machine === "x64" ? "amd64" : machine}`

/** Fetches the official release archive, verifies its SHA-256 and installs the program in `<data>/bin`. */
export const fetchRelease = Effect.fn("fetchRelease")(function* (
  dataFolder: string,
  say: (line: string) => Effect.Effect<void>,
  releases: ReleasePlace = officialReleases
) {
  const name = `nats-server-v${releaseVersion}-${releasePlatform()}`
  const expected = releases.digests[releasePlatform()]
  if (expected === undefined) return yield* Effect.fail(`no digest is pinned for ${releasePlatform()}`)
  const url = `${releases.folder}/v${releaseVersion}/${name}.tar.gz`
  yield* say(`fetching nats-server ${releaseVersion} from ${new URL(url).host}`)
  const archive = yield* Effect.tryPromise({
    try: () => download(url),
    catch: (error) => `${url}: ${reasonOf(error)}`
  }).pipe(
    Effect.timeoutOrElse({
      duration: `${downloadSecondsMax} seconds`,
      orElse: () => Effect.fail(`${url} took longer than ${downloadSecondsMax} s`)
    })
  )
  const digest = createHash("sha256").update(archive).digest("hex")
  if (digest !== expected) {
    return yield* Effect.fail(`${url} has SHA-256 ${digest}, expected ${expected}: it was not installed`)
  }
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
  yield* Effect.promise(() => writeFile(join(folder, "release.tar.gz"), archive))
  yield* runCommand("tar", ["-xzf", join(folder, "release.tar.gz"), "-C", folder, `${name}/nats-server`], {
    limitSeconds: unpackSecondsMax
  }).pipe(Effect.mapError((error) => error.message))
  const program = join(folder, name, "nats-server")
  yield* Effect.promise(() => chmod(program, 0o755))
  const { version } = yield* inspectBinary(program)
  yield* Effect.promise(() => rename(program, target))
  return { path: target, version }
}, Effect.scoped)

const download = async (url: string): Promise<Uint8Array> => {
  const patience = new AbortController()
  const timer = setTimeout(
    () => patience.abort(new Error(`no answer in ${answerSeconds} s`)),
    answerSeconds * 1000
  )
  const response = await fetch(url, { signal: patience.signal }).finally(() => clearTimeout(timer))
  if (!response.ok || response.body === null) throw new Error(`answered ${response.status}`)
  const chunks: Array<Uint8Array> = []
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += chunk.byteLength
    if (bytes > archiveBytesMax) throw new Error(`is larger than ${archiveBytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** `fetch` hides the reason in the cause of its error. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
