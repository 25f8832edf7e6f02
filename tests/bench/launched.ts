/** Processes that a benchmark starts, looks at and ends. */
import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { Deferred, Effect, Schema } from "effect"

export class LaunchFailed extends Schema.TaggedError<LaunchFailed>()("LaunchFailed", {
  message: Schema.String
}) {}

/** From the launch to the first line, and from asking a process to end to its end. */
const startSecondsMax = 60
const stopSecondsMax = 30

export interface Launched {
  readonly pid: number
  /** The line that was waited for, and how long that took. */
  readonly line: string
  readonly seconds: number
}

const end = (child: ChildProcess, ended: Deferred.Deferred<void>) =>
  Effect.sync(() => child.kill("SIGTERM")).pipe(
    Effect.andThen(Deferred.await(ended)),
    Effect.timeoutOrElse({
      duration: `${stopSecondsMax} seconds`,
      orElse: () => Effect.sync(() => void child.kill("SIGKILL"))
    })
  )

/**
 * Starts a program and waits for a line of its output, the first one unless another is wanted; ends it with the
 * scope. It gets the environment that is given and no more: what this shell has set, a list of certificates for
 * one, would be measured too.
 */
export const launch = Effect.fnUntraced(function* (
  command: string,
  args: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>>,
  isWanted: (line: string) => boolean = () => true
) {
  const began = performance.now()
  const ended = yield* Deferred.make<void>()
  const first = yield* Deferred.make<string, LaunchFailed>()
  let words = ""
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const env = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...environment }
      const started = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] })
      started.stderr.setEncoding("utf8").on("data", (text: string) => {
        words = (words + text).slice(-2_000)
      })
      createInterface({ input: started.stdout }).on("line", (line) => {
        if (isWanted(line)) Deferred.doneUnsafe(first, Effect.succeed(line))
      })
      started.once("close", () => {
        Deferred.doneUnsafe(ended, Effect.void)
        Deferred.doneUnsafe(
          first,
          Effect.fail(
            new LaunchFailed({
              message: `expected ${command} ${args[0] ?? ""} to write a line, found its end: ${words}`
            })
          )
        )
      })
      return started
    }),
    (started) => end(started, ended)
  )
  const line = yield* Deferred.await(first).pipe(
    Effect.timeoutOrElse({
      duration: `${startSecondsMax} seconds`,
      orElse: () =>
        Effect.fail(new LaunchFailed({ message: `expected a line within ${startSecondsMax} s, found none` }))
    })
  )
  return { pid: child.pid ?? -1, line, seconds: (performance.now() - began) / 1_000 } satisfies Launched
})

/** How a running Node was started: its own options, and what its launcher set for the C library. */
export const settingsOf = (pid: number) => {
  const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")
  const script = words.findIndex((word, index) => index > 0 && !word.startsWith("-"))
  const set = readFileSync(`/proc/${pid}/environ`, "utf8")
    .split("\0")
    .filter((pair) => pair.startsWith("MALLOC_"))
    .map((pair): [string, string] => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)])
  return {
    program: words[0] ?? "",
    options: words.slice(1, script),
    script: words[script] ?? "",
    environment: Object.fromEntries(set)
  }
}
