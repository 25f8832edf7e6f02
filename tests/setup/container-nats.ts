import { randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import { get } from "node:http"
import { createServer } from "node:net"
import { Config, Effect, Schedule } from "effect"
import { greeting } from "../../infra/nats-server/child.ts"
import { renderConfig } from "../../infra/nats-server/config.ts"
import { type TestNats, TestNatsFailed } from "./test-nats.ts"

/** The same minor version as the pinned release. */
const image = "nats:2.15-alpine"
const socketPath = "/var/run/docker.sock"
/** An engine on this machine answers a ping in milliseconds. */
const pingLimitMs = 500
const fileStoreMaxBytes = 1024 ** 3

/** Whether a Docker engine answers here. `WADJET_TEST_NATS=local` says no without asking. */
export const dockerAnswers = Effect.gen(function* () {
  const wanted = yield* Config.String("WADJET_TEST_NATS").pipe(Config.withDefault("any"))
  if (wanted === "local" || !existsSync(socketPath)) return false
  return yield* Effect.callback<boolean>((resume) => {
    const answer = (yes: boolean) => resume(Effect.succeed(yes))
    get({ socketPath, path: "/_ping", timeout: pingLimitMs }, (response) => {
      response.resume()
      answer(response.statusCode === 200)
    })
      .once("error", () => answer(false))
      .once("timeout", () => answer(false))
  })
}).pipe(Effect.orDie)

/** A nats-server in a container; its port on this machine is fixed, so that it survives a restart. */
export const startContainerNats = Effect.fn("startContainerNats")(function* (options: {
  readonly syncIntervalMs?: number | undefined
}) {
  const { GenericContainer, getContainerRuntimeClient, Wait } = yield* Effect.promise(
    () => import("testcontainers")
  )
  const login = { user: "wadjet", password: randomBytes(16).toString("base64url") }
  const config = renderConfig({
    folder: "/data",
    serverName: "wadjet-test",
    port: 4222,
    users: [login],
    fileStoreMaxBytes,
    ...options
  })
    // Inside its own network namespace, the container's address is the one that is published.
    .replace('host: "127.0.0.1"', 'host: "0.0.0.0"')
    .replaceAll(/^(log_file|ports_file_dir|logfile_).*$/gm, "")
  const port = yield* attempt(freePort)
  const container = yield* Effect.acquireRelease(
    attempt(() =>
      new GenericContainer(image)
        .withCopyContentToContainer([{ content: config, target: "/etc/nats/test.conf" }])
        .withCommand(["--config", "/etc/nats/test.conf"])
        .withExposedPorts({ container: 4222, host: port })
        .withWaitStrategy(Wait.forLogMessage("Server is ready"))
        .start()
    ),
    (started) => Effect.promise(() => started.stop())
  )
  const engine = yield* attempt(getContainerRuntimeClient)
  const raw = engine.container.getById(container.getId())
  const stop = attempt(() => raw.stop()).pipe(Effect.ignore)
  return {
    url: `nats://127.0.0.1:${port}`,
    user: login.user,
    pass: login.password,
    stop,
    kill9: attempt(() => raw.kill({ signal: "SIGKILL" })).pipe(Effect.asVoid),
    restart: stop.pipe(Effect.andThen(attempt(() => raw.start())), Effect.andThen(greets(port)))
  } satisfies TestNats
})

const attempt = <A>(run: () => Promise<A>) =>
  Effect.tryPromise({ try: run, catch: (error) => new TestNatsFailed({ message: String(error) }) })

/** The engine's proxy accepts connections before the server does, and closes them at once. */
const greets = (port: number) =>
  greeting(port).pipe(
    Effect.retry({ schedule: Schedule.spaced("50 millis"), times: 200 }),
    Effect.mapError((message) => new TestNatsFailed({ message })),
    Effect.asVoid
  )

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer().once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(address !== null && typeof address === "object" ? address.port : 0))
    })
  })
