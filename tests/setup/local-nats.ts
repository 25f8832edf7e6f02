import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Exit, Schedule, Scope } from "effect"
import { inject } from "vitest"
import { type NatsServer, startNatsServer } from "../../infra/nats-server/start.ts"
import { dockerAnswers, startContainerNats } from "./container-nats.ts"
import { type TestNats, TestNatsFailed } from "./test-nats.ts"

export interface TestNatsOptions {
  /** `default` is the server's own lazy fsync, for tests whose subject is not durability. */
  readonly sync?: "always" | "default"
}

/** What nats-server does when it is told nothing: two minutes. */
const lazySyncMs = 120_000

/**
 * Starts a nats-server with JetStream on an empty temporary store until the scope closes: in a container where
 * a Docker engine answers, else from the program that the global set-up found.
 *
 * @example
 * const nats = yield* startTestNats()
 * const connection = yield* Effect.promise(() => connect({ servers: nats.url, user: nats.user, pass: nats.pass }))
 */
export const startTestNats = Effect.fn("startTestNats")(function* (options: TestNatsOptions = {}) {
  const syncIntervalMs = options.sync === "default" ? lazySyncMs : undefined
  if (yield* dockerAnswers) return yield* startContainerNats({ syncIntervalMs })
  return yield* startLocalNats({ syncIntervalMs })
})

/** The same, from the local program always. */
export const startLocalNats = Effect.fn("startLocalNats")(function* (options: {
  readonly syncIntervalMs?: number | undefined
}) {
  const program = inject("natsServer")
  if ("missing" in program) return yield* new TestNatsFailed({ message: program.missing })
  const dataFolder = yield* temporaryFolder
  const outer = yield* Scope.Scope
  let running: { readonly server: NatsServer; readonly scope: Scope.Closeable } | undefined

  const start = Effect.fn("start")(function* (port: number | undefined) {
    const scope = yield* Scope.fork(outer)
    const server = yield* startNatsServer({ ...options, binary: program.path, dataFolder, port }).pipe(
      Scope.provide(scope),
      Effect.onError(() => Scope.close(scope, Exit.void)),
      Effect.mapError((error) => new TestNatsFailed({ message: error.message }))
    )
    running = { server, scope }
    return server
  })
  const stop = Effect.suspend(() => {
    const scope = running?.scope
    running = undefined
    return scope === undefined ? Effect.void : Scope.close(scope, Exit.void)
  })
  const kill9 = Effect.suspend(() => {
    if (running === undefined) return Effect.void
    const { died, pid } = running.server
    process.kill(pid, "SIGKILL")
    return Effect.asVoid(died)
  })
  const { pass, port, url, user } = yield* start(undefined)
  // While it is down, its port may serve for a moment as the near end of some other connection.
  const again = start(port).pipe(Effect.retry({ schedule: Schedule.spaced("50 millis"), times: 40 }))
  return { url, user, pass, stop, kill9, restart: Effect.andThen(stop, again) } satisfies TestNats
})

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "wadjet-nats-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)
