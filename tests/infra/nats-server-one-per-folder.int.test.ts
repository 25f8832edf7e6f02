import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { symlinkSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { type NatsServer, startNatsServer } from "../../infra/nats-server/start.ts"
import { append, program, runs, start, temporaryFolder } from "./started-server.ts"

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
