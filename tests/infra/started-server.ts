/** Starting nats-servers from the program that the tests have, and looking after them. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { jetstream, jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { Effect } from "effect"
import { inject } from "vitest"
import { type NatsServer, type NatsServerOptions, startNatsServer } from "../../infra/nats-server/start.ts"

export const program = () => {
  const provided = inject("natsServer")
  if ("missing" in provided) throw new Error(provided.missing)
  return provided.path
}

export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-start-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

export const start = (
  dataFolder: string,
  more: Partial<Pick<NatsServerOptions, "port" | "freeMinBytes" | "users">> = {}
) => startNatsServer({ binary: program(), dataFolder, ...more })

export const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    // A process that ended and was not waited for yet is no running server.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))
  } catch {
    return false
  }
}

export const connected = (server: Pick<NatsServer, "url" | "user" | "pass">) =>
  Effect.acquireRelease(
    Effect.promise(() => connect({ servers: server.url, user: server.user, pass: server.pass })),
    (connection) => Effect.promise(() => connection.close())
  )

export const append = (server: Pick<NatsServer, "url" | "user" | "pass">, text: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const connection = yield* connected(server)
      const manager = yield* Effect.promise(() => jetstreamManager(connection))
      yield* Effect.promise(() => manager.streams.add({ name: "T", subjects: ["t"] }))
      return (yield* Effect.promise(() => jetstream(connection).publish("t", text))).seq
    })
  )
