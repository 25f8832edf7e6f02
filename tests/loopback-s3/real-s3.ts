/**
 * A real S3 server, whichever can be had here: Garage in a container, else OpenStack Swift, else, where there is
 * neither an engine nor Debian, the server on loopback that was written for these tests.
 */
import { spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Effect, Redacted } from "effect"
import { sendTo, type S3Address } from "../../actors/backup/places/s3-request.ts"
import { dockerAnswers } from "../setup/container-nats.ts"
import { fetchSwift, type Swift } from "./fetch-swift.ts"
import { startGarage } from "./garage.ts"
import { startLoopbackS3 } from "./server.ts"

export interface RealS3 {
  readonly name: "garage" | "swift" | "loopback"
  readonly address: S3Address
  /** Whether it keeps conditions. */
  readonly fenced: boolean
}

const bucket = "backups"
const region = "garage"
const program = fileURLToPath(new URL("serve-swift.py", import.meta.url))
/** It loads for some seconds where the machine is busy. */
const readySeconds = 60

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "wadjet-swift-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

/** Starts it until the scope closes, and answers with its port. */
const serveSwift = Effect.fnUntraced(function* (swift: Swift, user: string, secret: string) {
  const path = yield* folder
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(swift.python, [program, path, user, secret, region], {
        env: { ...process.env, ...swift.environment },
        stdio: ["pipe", "pipe", "pipe"]
      })
    ),
    (it) =>
      Effect.callback<void>((resume) => {
        if (it.exitCode !== null || it.signalCode !== null) return resume(Effect.void)
        it.once("exit", () => resume(Effect.void))
        it.kill("SIGKILL")
      })
  )
  let said = ""
  child.stderr.on("data", (part: Buffer) => (said = (said + part.toString()).slice(-4_000)))
  return yield* Effect.callback<number, Error>((resume) => {
    child.once("exit", () =>
      resume(Effect.fail(new Error(`expected Swift to serve, found that it ended: ${said}`)))
    )
    child.once("error", (cause) => resume(Effect.fail(cause)))
    createInterface({ input: child.stdout }).on("line", (line) => {
      const port = /^ready (\d+)$/.exec(line)?.[1]
      if (port !== undefined) resume(Effect.succeed(Number(port)))
    })
  }).pipe(Effect.timeout(`${readySeconds} seconds`))
})

const makeBucket = Effect.fnUntraced(function* (address: S3Address) {
  const { refuse, send } = yield* sendTo("tests", address)
  const answer = yield* send("make a bucket", { method: "PUT", key: "" })
  if (answer.status !== 200) return yield* refuse("make a bucket", answer)
}, Effect.scoped)

/** OpenStack Swift until the scope closes. Its access key holds a colon. */
export const startSwift = Effect.gen(function* () {
  const swift = yield* Effect.tryPromise(fetchSwift)
  const accessKey = "wadjet:tests"
  const secret = randomBytes(12).toString("hex")
  const port = yield* serveSwift(swift, accessKey, secret)
  const address: S3Address = {
    endpoint: `http://127.0.0.1:${port}`,
    bucket,
    prefix: "wadjet/",
    region,
    accessKey,
    secretKey: Redacted.make(secret)
  }
  yield* makeBucket(address)
  return { name: "swift", address, fenced: false } satisfies RealS3
})

const startLoopback = Effect.map(startLoopbackS3(), ({ address }): RealS3 => ({
  name: "loopback",
  address,
  fenced: true
}))

/** Starts it until the scope closes. */
export const startRealS3 = Effect.gen(function* () {
  if (yield* dockerAnswers) return yield* startGarage
  return yield* Effect.catch(startSwift, (error) =>
    Effect.andThen(
      Effect.sync(() => console.warn(`no Swift here, the server of the tests instead: ${String(error)}`)),
      startLoopback
    )
  )
})
