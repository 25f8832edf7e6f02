import { spawn } from "node:child_process"
import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { connect } from "node:net"
import { basename, join } from "node:path"
import { Deferred, Effect, Schema } from "effect"
import type { serverPaths } from "./config.ts"
import { configArgument } from "./leftover.ts"

/** Between SIGTERM and SIGKILL. With synced appends a stop takes 5 ms and has nothing left to write. */
const stopSeconds = 10
const lookEveryMs = 4
/**
 * Go's collector works harder above this; it is no limit. The program's own pages, about 16 MB, come on top.
 * What fills it are blocks of the log that readers in different places of it need, 8 MB each, which the server
 * gives up at any collection: less would only have it read them more often.
 * docs/decisions/0025-memory-of-nats-server.md has the figures.
 */
export const memoryGoalMiB = 80
const lastWordsCharacters = 4_000

/** How a child ended. */
export interface Ending {
  /** `code 1`, `signal SIGKILL`, or why it never ran. */
  readonly ending: string
  /** The last it logged or printed. */
  readonly lastWords: string
}

/** A nats-server process of ours. */
export interface Child {
  readonly pid: number
  readonly ended: Deferred.Deferred<Ending>
  readonly kill: (signal: NodeJS.Signals) => void
  readonly portsFile: string
  /** Whether its end was asked for. */
  asked: boolean
}

/**
 * Launches the program. It has its own session, so that Ctrl-C in a terminal reaches Wadjet alone, which
 * stops its actors before their server. It gets none of our environment, where secrets are.
 */
export const launch = (binary: string, paths: ReturnType<typeof serverPaths>): Child => {
  rmSync(paths.run, { recursive: true, force: true })
  mkdirSync(paths.run, { mode: 0o700 })
  const logStart = sizeOf(paths.log)
  const launched = spawn(binary, [configArgument(paths.config)], {
    cwd: "/",
    detached: true,
    env: { GOMEMLIMIT: `${memoryGoalMiB}MiB` },
    stdio: ["ignore", "pipe", "pipe"]
  })
  let printed = ""
  const keep = (text: string) => {
    printed = (printed + text).slice(-lastWordsCharacters)
  }
  launched.stdout.setEncoding("utf8").on("data", keep)
  launched.stderr.setEncoding("utf8").on("data", keep)
  const ended = Deferred.makeUnsafe<Ending>()
  const end = (ending: string) => {
    const lastWords = printed + logSince(paths.log, logStart)
    Deferred.doneUnsafe(ended, Effect.succeed({ ending, lastWords }))
  }
  launched.once("error", (error) => end(error.message))
  launched.once("close", (code, signal) => end(signal === null ? `code ${code}` : `signal ${signal}`))
  return {
    pid: launched.pid ?? -1,
    ended,
    kill: (signal) => void launched.kill(signal),
    portsFile: join(paths.run, `${basename(binary)}_${launched.pid}.ports`),
    asked: false
  }
}

/** Ends a child: SIGTERM, which nats-server answers by closing its store, and when that is not enough SIGKILL. */
export const stop = Effect.fn("stop")(function* (child: Child, limitSeconds = stopSeconds) {
  child.asked = true
  child.kill("SIGTERM")
  yield* Deferred.await(child.ended).pipe(
    Effect.timeoutOrElse({
      duration: `${limitSeconds} seconds`,
      orElse: () => {
        child.kill("SIGKILL")
        return Deferred.await(child.ended)
      }
    })
  )
})

const Ports = Schema.fromJsonString(Schema.Struct({ nats: Schema.NonEmptyArray(Schema.String) }))

/** Waits for the port that the server says it listens on. It writes this once it takes connections. */
export const listening = Effect.fn("listening")(function* (child: Child) {
  while (true) {
    const text = yield* Effect.promise(() => readFile(child.portsFile, "utf8").catch(() => ""))
    const ports = yield* Schema.decodeUnknownEffect(Ports)(text).pipe(Effect.catch(() => Effect.undefined))
    if (ports !== undefined) return Number(new URL(ports.nats[0]).port)
    yield* Effect.sleep(lookEveryMs)
  }
})

/** What a nats-server says of itself to whoever connects. */
const Info = Schema.fromJsonString(
  Schema.Struct({
    server_name: Schema.String,
    version: Schema.String,
    jetstream: Schema.optionalKey(Schema.Boolean)
  })
)

/** Connects, and answers the INFO line that a nats-server begins with; the reason as text when none comes. */
export const greeting = Effect.fn("greeting")(function* (port: number) {
  const line = yield* Effect.callback<string, string>((resume) => {
    const socket = connect({ host: "127.0.0.1", port })
    let text = ""
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk
      if (!text.includes("\r\n")) return
      socket.destroy()
      resume(Effect.succeed(text.slice(0, text.indexOf("\r\n"))))
    })
    socket.once("error", (error) => resume(Effect.fail(error.message)))
    socket.once("close", () => resume(Effect.fail("the connection was closed without a greeting")))
    return Effect.sync(() => socket.destroy())
  })
  return yield* Schema.decodeUnknownEffect(Info)(line.replace(/^INFO /, "")).pipe(
    Effect.mapError(() => `it does not greet like a nats-server: ${line.slice(0, 80)}`)
  )
})

const sizeOf = (path: string): number => {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}

const logSince = (path: string, start: number): string => {
  try {
    const log = readFileSync(path)
    // A log that is shorter than it was has been rotated.
    return log
      .subarray(log.length < start ? 0 : start)
      .toString("utf8")
      .slice(-lastWordsCharacters)
  } catch {
    return ""
  }
}
