import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { networkInterfaces } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber } from "effect"
import { launch, memoryGoalMiB, stop } from "../../infra/nats-server/child.ts"
import { serverPaths } from "../../infra/nats-server/config.ts"
import { append, connected, runs, start, temporaryFolder } from "./started-server.ts"

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
        const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0")
        expect(environment.filter((line) => line !== "")).toEqual([`GOMEMLIMIT=${memoryGoalMiB}MiB`])
      })
  )
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
