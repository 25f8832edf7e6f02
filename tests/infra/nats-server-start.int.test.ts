import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { networkInterfaces, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "@effect/vitest"
import { jetstream, jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { Deferred, Effect, Exit, Fiber } from "effect"
import { inject } from "vitest"
import { launch, stop } from "../../infra/nats-server/child.ts"
import { serverPaths } from "../../infra/nats-server/config.ts"
import { type NatsServer, startNatsServer } from "../../infra/nats-server/start.ts"
import { startLocalNats, startTestNats } from "../setup/local-nats.ts"

const program = () => {
  const provided = inject("natsServer")
  if ("missing" in provided) throw new Error(provided.missing)
  return provided.path
}

const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-start-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

const start = (dataFolder: string, more: { readonly port?: number; readonly freeMinBytes?: number } = {}) =>
  startNatsServer({ binary: program(), dataFolder, ...more })

const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    // A process that ended and was not waited for yet is no running server.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))
  } catch {
    return false
  }
}

const connected = (server: Pick<NatsServer, "url" | "user" | "pass">) =>
  Effect.acquireRelease(
    Effect.promise(() => connect({ servers: server.url, user: server.user, pass: server.pass })),
    (connection) => Effect.promise(() => connection.close())
  )

const append = (server: Pick<NatsServer, "url" | "user" | "pass">, text: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const connection = yield* connected(server)
      const manager = yield* Effect.promise(() => jetstreamManager(connection))
      yield* Effect.promise(() => manager.streams.add({ name: "T", subjects: ["t"] }))
      return (yield* Effect.promise(() => jetstream(connection).publish("t", text))).seq
    })
  )

describe("starting", () => {
  it.live("answers a server of its own that stores, and that is gone when the scope closes", () =>
    Effect.gen(function* () {
      const dataFolder = yield* temporaryFolder
      const pid = yield* Effect.scoped(
        Effect.gen(function* () {
          const server = yield* start(dataFolder)
          expect(server.version).toMatch(/^2\.\d+\.\d+$/)
          expect(yield* append(server, "one")).toBe(1)
          return server.pid
        })
      )
      expect(runs(pid)).toBe(false)
    })
  )

  it.live("keeps its secrets from other users, and its password from one start to the next", () =>
    Effect.gen(function* () {
      const dataFolder = yield* temporaryFolder
      const first = yield* Effect.scoped(start(dataFolder))
      const second = yield* Effect.scoped(start(dataFolder))
      expect(second.pass).toBe(first.pass)
      expect(Buffer.from(first.pass, "base64url").length).toBe(32)
      const paths = serverPaths(join(dataFolder, "nats"))
      expect(statSync(paths.credentials).mode & 0o777).toBe(0o600)
      expect(statSync(paths.config).mode & 0o777).toBe(0o600)
      expect(statSync(join(dataFolder, "nats")).mode & 0o777).toBe(0o700)
    })
  )

  it.live("refuses a stranger, and is not to be reached from outside this machine", () =>
    Effect.gen(function* () {
      const server = yield* start(yield* temporaryFolder)
      const stranger = yield* connected({ ...server, pass: "guess" }).pipe(Effect.scoped, Effect.exit)
      expect(Exit.isFailure(stranger)).toBe(true)
      const outside = Object.values(networkInterfaces())
        .flat()
        .find((address) => address !== undefined && !address.internal && address.family === "IPv4")
      if (outside === undefined) return
      const url = `nats://${outside.address}:${server.port}`
      const reached = yield* connected({ ...server, url }).pipe(Effect.scoped, Effect.exit)
      expect(Exit.isFailure(reached)).toBe(true)
    })
  )

  it.live.skipIf(process.platform !== "linux")(
    "gives the server a session of its own and none of our secrets",
    () =>
      Effect.gen(function* () {
        const { pid } = yield* start(yield* temporaryFolder)
        const afterName = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")
        expect(Number(afterName[3])).toBe(pid)
        expect(readFileSync(`/proc/${pid}/environ`, "utf8")).not.toContain("PATH=")
      })
  )
})

describe("what cannot be started is refused with a reason", () => {
  const listener = Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = createServer().listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close())
  )

  it.live("a port that another program has", () =>
    Effect.gen(function* () {
      const { port } = (yield* listener).address() as AddressInfo
      const failure = yield* start(yield* temporaryFolder, { port }).pipe(Effect.scoped, Effect.flip)
      expect(failure.reason).toBe("port-in-use")
      expect(failure.message).toContain(`127.0.0.1:${port}`)
    })
  )

  it.live("a folder that is none", () =>
    Effect.gen(function* () {
      const dataFolder = yield* temporaryFolder
      writeFileSync(join(dataFolder, "nats"), "")
      const failure = yield* start(dataFolder).pipe(Effect.scoped, Effect.flip)
      expect(failure.reason).toBe("folder-unusable")
      expect(failure.message).toContain(join(dataFolder, "nats"))
    })
  )

  it.live("a store that the server cannot use", () =>
    Effect.gen(function* () {
      const dataFolder = yield* temporaryFolder
      mkdirSync(join(dataFolder, "nats"))
      writeFileSync(join(dataFolder, "nats", "store"), "")
      const failure = yield* start(dataFolder).pipe(Effect.scoped, Effect.flip)
      expect(failure.reason).toBe("folder-unusable")
    })
  )

  it.live.skipIf(process.getuid?.() !== 0)("a folder that this user may not read", () =>
    Effect.gen(function* () {
      const dataFolder = yield* temporaryFolder
      mkdirSync(join(dataFolder, "nats"), { mode: 0o700 })
      const failure = yield* asNobody(start(dataFolder).pipe(Effect.scoped, Effect.flip))
      expect(failure.reason).toBe("folder-unusable")
      expect(failure.message).toMatch(/EACCES|EPERM/)
    })
  )

  it.live("a disk without room", () =>
    Effect.gen(function* () {
      const failure = yield* start(yield* temporaryFolder, { freeMinBytes: Number.MAX_SAFE_INTEGER }).pipe(
        Effect.scoped,
        Effect.flip
      )
      expect(failure.reason).toBe("disk-full")
    })
  )

  it.live("a program that is no nats-server", () =>
    Effect.gen(function* () {
      const dataFolder = yield* temporaryFolder
      const binary = join(dataFolder, "nats-server")
      writeFileSync(binary, "#!/bin/sh\necho 'wrong door'\nexit 3\n")
      chmodSync(binary, 0o755)
      const failure = yield* startNatsServer({ binary, dataFolder }).pipe(Effect.scoped, Effect.flip)
      expect(failure.message).toMatch(/code 3.*wrong door/)
      const none = yield* startNatsServer({ binary: `${binary}-none`, dataFolder }).pipe(
        Effect.scoped,
        Effect.flip
      )
      expect(none.message).toContain("ENOENT")
    })
  )
})

/** File rights do not bind root, so the folder is looked at as somebody else. */
const asNobody = <A, E>(self: Effect.Effect<A, E>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => process.seteuid?.(65_534)),
    () => self,
    () => Effect.sync(() => process.seteuid?.(0))
  )

describe("one server for one data folder", () => {
  it.live("a second start is refused while the first runs, and allowed after it", () =>
    Effect.gen(function* () {
      const dataFolder = yield* temporaryFolder
      yield* Effect.scoped(
        Effect.gen(function* () {
          const first = yield* start(dataFolder)
          const failure = yield* start(dataFolder).pipe(Effect.scoped, Effect.flip)
          expect(failure.reason).toBe("data-folder-in-use")
          expect(runs(first.pid)).toBe(true)
        })
      )
      yield* Effect.scoped(start(dataFolder))
    })
  )

  it.live("another process's server is left alone, and that process is named", () =>
    Effect.gen(function* () {
      const dataFolder = yield* temporaryFolder
      const other = yield* otherProcess(dataFolder)
      const failure = yield* start(dataFolder).pipe(Effect.scoped, Effect.flip)
      expect(failure.reason).toBe("data-folder-in-use")
      expect(failure.message).toContain(`process ${other.process.pid} `)
      expect(runs(other.server.pid)).toBe(true)
    })
  )

  it.live("a server that outlived its killed process is ended first, and what it stored is there", () =>
    Effect.gen(function* () {
      const dataFolder = yield* temporaryFolder
      // It had the folder by another name, which must not hide it.
      const alias = join(yield* temporaryFolder, "alias")
      symlinkSync(dataFolder, alias)
      const other = yield* otherProcess(alias)
      yield* append(other.server, "before")
      const ended = once(other.process, "exit")
      other.process.kill("SIGKILL")
      yield* Effect.promise(() => ended)
      expect(runs(other.server.pid)).toBe(true)

      const said: Array<string> = []
      const server = yield* startNatsServer({
        binary: program(),
        dataFolder,
        say: (line) => Effect.sync(() => void said.push(line))
      })
      expect(runs(other.server.pid)).toBe(false)
      expect(said).toEqual([
        `ending nats-server ${other.server.pid}, left over from a process that was killed`
      ])
      expect(yield* append(server, "after")).toBe(2)
    })
  )
})

const otherProcess = Effect.fn("otherProcess")(function* (dataFolder: string) {
  const script = fileURLToPath(new URL("start-and-hang.ts", import.meta.url))
  const child = yield* Effect.acquireRelease(
    Effect.sync((): ChildProcess =>
      spawn(process.execPath, [script, program(), dataFolder], { stdio: ["ignore", "pipe", "inherit"] })
    ),
    (started) => Effect.sync(() => started.kill("SIGKILL"))
  )
  const [line] = yield* Effect.promise(() => once(child.stdout!, "data"))
  const server = JSON.parse(String(line)) as Pick<NatsServer, "pid" | "url" | "user" | "pass">
  yield* Effect.addFinalizer(() => Effect.sync(() => runs(server.pid) && process.kill(server.pid, "SIGKILL")))
  return { process: child, server }
})

describe("ending", () => {
  it.live("a server that dies is told, with the reason", () =>
    Effect.gen(function* () {
      const server = yield* start(yield* temporaryFolder)
      process.kill(server.pid, "SIGKILL")
      const failure = yield* server.died
      expect(failure.reason).toBe("died")
      expect(failure.message).toContain("SIGKILL")
    })
  )

  it.live("a server that is stopped has not died", () =>
    Effect.gen(function* () {
      const watched = yield* Effect.scoped(
        Effect.gen(function* () {
          const server = yield* start(yield* temporaryFolder)
          return yield* Effect.forkDetach(server.died)
        })
      )
      expect(watched.pollUnsafe()).toBeUndefined()
      yield* Fiber.interrupt(watched)
    })
  )

  it.live("a program that does not heed SIGTERM is killed", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const binary = join(folder, "deaf")
      writeFileSync(binary, "#!/bin/sh\ntrap '' TERM\necho > $0.listens\nwhile :; do sleep 0.02; done\n")
      chmodSync(binary, 0o755)
      const child = launch(binary, serverPaths(folder))
      while (!existsSync(`${binary}.listens`)) yield* Effect.sleep(5)
      yield* stop(child, 0.3)
      expect((yield* Deferred.await(child.ended)).ending).toBe("signal SIGKILL")
    })
  )
})

describe("the test server", () => {
  it.live("keeps what was acknowledged and its address across a kill and a stop", () =>
    Effect.gen(function* () {
      const nats = yield* startTestNats()
      yield* append(nats, "one")
      yield* nats.kill9
      yield* nats.restart
      expect(yield* append(nats, "two")).toBe(2)
      yield* nats.stop
      yield* nats.restart
      expect(yield* append(nats, "three")).toBe(3)
    })
  )

  it.live("is another one for each who asks", () =>
    Effect.gen(function* () {
      const [one, other] = yield* Effect.all([startLocalNats({}), startLocalNats({})])
      expect(one.url).not.toBe(other.url)
      expect(one.pass).not.toBe(other.pass)
    })
  )
})
