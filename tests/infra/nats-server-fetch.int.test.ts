import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { debianMirror } from "../../infra/nats-server/apt-sources.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { fetchFromDebian, readSystemSources } from "../../infra/nats-server/fetch-debian.ts"
import { fetchRelease, releasePlatform, releaseVersion } from "../../infra/nats-server/fetch-release.ts"

const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-fetch-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

/** A program that is a nats-server as far as `--version` goes. */
const fakeServer = (folder: string, version: string) => {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, "nats-server")
  writeFileSync(path, `#!/bin/sh\necho "nats-server: v${version}"\n`)
  chmodSync(path, 0o755)
  return path
}

const withPath = (path: string) =>
  Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown({ PATH: path }))

const heard = () => {
  const lines: Array<string> = []
  return { lines, say: (line: string) => Effect.sync(() => void lines.push(line)) }
}

it.live("prefers the server on PATH, and does not say anything when all is well", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const path = fakeServer(join(folder, "path"), "2.15.1")
    fakeServer(join(folder, "data", "bin"), "2.16.0")
    const { lines, say } = heard()
    const found = yield* ensureNatsServer({ dataFolder: join(folder, "data"), say }).pipe(
      withPath(join(folder, "path"))
    )
    expect(found).toEqual({ path, version: "2.15.1" })
    expect(lines).toEqual([])
  })
)

it.live("passes over an old server on PATH, says so, and takes the one in the data folder", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const old = fakeServer(join(folder, "path"), "2.9.10")
    const good = fakeServer(join(folder, "data", "bin"), "2.15.1")
    const { lines, say } = heard()
    // The system's own folders come between the two, and may have a good one on the machine this runs on.
    const found = yield* ensureNatsServer({ dataFolder: join(folder, "data"), say }).pipe(
      withPath([join(folder, "path"), join(folder, "data", "bin")].join(":"))
    )
    expect(found.path).toBe(good)
    expect(lines).toEqual([`passing over ${old} is version 2.9.10, older than 2.14.0`])
  })
)

it.live("tries one way after the other, and ends by saying why each did not work", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    fakeServer(join(folder, "path"), "2.9.10")
    const { lines, say } = heard()
    const failure = yield* ensureNatsServer({
      dataFolder: join(folder, "data"),
      say,
      ways: [() => Effect.fail("no network"), () => Effect.fail("no mirror")]
    }).pipe(withPath(join(folder, "path")), Effect.flip)
    expect(failure.tried.join("\n")).toMatch(/2\.9\.10[^]*no network[^]*no mirror/)
    expect(lines.at(-1)).toContain("no mirror")
  })
)

/** A place of releases that serves one archive holding a fake server. */
const releasePlace = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const name = `nats-server-v${releaseVersion}-${releasePlatform()}`
  fakeServer(join(folder, name), releaseVersion)
  execFileSync("tar", ["-czf", join(folder, "archive"), "-C", folder, name])
  const archive = readFileSync(join(folder, "archive"))
  const server = yield* Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const listening = createServer((_, response) => response.end(archive)).listen(0, "127.0.0.1", () =>
        resume(Effect.succeed(listening))
      )
    }),
    (listening) => Effect.sync(() => listening.close())
  )
  const digest = createHash("sha256").update(archive).digest("hex")
  return { folder: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, digest }
})

it.live("installs a release archive that has the pinned digest", () =>
  Effect.gen(function* () {
    const data = yield* temporaryFolder
    const place = yield* releasePlace
    const digests = { [releasePlatform()]: place.digest }
    const found = yield* fetchRelease(data, () => Effect.void, { folder: place.folder, digests })
    expect(found).toEqual({ path: join(data, "bin", "nats-server"), version: releaseVersion })
    expect(readdirSync(join(data, "bin"))).toEqual(["nats-server"])
  })
)

it.live("refuses a release archive with another digest, and leaves nothing of it behind", () =>
  Effect.gen(function* () {
    const data = yield* temporaryFolder
    const place = yield* releasePlace
    const digests = { [releasePlatform()]: "0".repeat(64) }
    const reason = yield* fetchRelease(data, () => Effect.void, { folder: place.folder, digests }).pipe(
      Effect.flip
    )
    expect(reason).toContain(place.digest)
    expect(existsSync(join(data, "bin", "nats-server"))).toBe(false)
  })
)

const lists = () => (existsSync("/var/lib/apt/lists") ? readdirSync("/var/lib/apt/lists").toSorted() : [])

const mirror = existsSync("/usr/bin/apt-get") ? debianMirror(await readSystemSources()) : undefined

it.live.skipIf(mirror === undefined)(
  "takes a recent server from the system's Debian mirror, and only the server",
  () =>
    Effect.gen(function* () {
      const data = yield* temporaryFolder
      const before = lists()
      const found = yield* fetchFromDebian(data, () => Effect.void)
      expect(execFileSync(found.path, ["--version"], { encoding: "utf8" })).toContain(found.version)
      expect(readdirSync(join(data, "bin"))).toEqual(["nats-server"])
      expect(lists()).toEqual(before)
    })
)

it.live.skipIf(mirror === undefined)("gives up at once on a mirror that refuses the connection", () =>
  Effect.gen(function* () {
    const data = yield* temporaryFolder
    const reason = yield* fetchFromDebian(
      data,
      () => Effect.void,
      async () => [{ ...mirror!, uri: "http://127.0.0.1:9/debian" }]
    ).pipe(Effect.flip)
    expect(reason).toMatch(/forky: .*sid: /s)
    expect(readdirSync(join(data, "bin"))).toEqual([])
  })
)
