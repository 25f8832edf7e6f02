import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import { start, temporaryFolder } from "./started-server.ts"

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
