/**
 * Working on a database file in a process of its own, which is killed where it takes too long or too much memory. A
 * thread would not do: it cannot be ended as long as SQLite is within a step of a statement.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Effect, Schema } from "effect"
import { type AsideLimits, type AsideMessage, type AsideTask, overMemory, overTime } from "./protocol.ts"

/** It came to nothing. `invalid` and `refused` are about what was asked; the others are not. */
export class AsideFailed extends Schema.TaggedError<AsideFailed>()("AsideFailed", {
  reason: Schema.Literals(["invalid", "refused", "too-slow", "too-much-memory", "busy", "damaged", "failed"]),
  message: Schema.String
}) {}

/** What a process writes to standard error is kept as far as it says something. */
const errorCharactersMax = 2_000

/** Replaced by the process's entry when bundled. */
const entry = () => new URL("./child.ts", import.meta.url)

/** How it ended, where it did not say so itself. */
const endOf = (said: string, signal: string | null, { residentBytesMax, secondsMax }: AsideLimits) => {
  if (said.includes(overTime))
    return new AsideFailed({
      reason: "too-slow",
      message: `expected it to be done within ${secondsMax} s, found it not done`
    })
  if (said.includes(overMemory))
    return new AsideFailed({
      reason: "too-much-memory",
      message: `expected it to need ${Math.round(residentBytesMax / 1024 / 1024)} MiB of memory at most, found that it needs more`
    })
  const how = said.trim() === "" ? `that it ended by ${signal ?? "itself"}` : said.trim()
  return new AsideFailed({ reason: "failed", message: `expected an answer, found ${how}` })
}

/** By which signal it ended, once it has. */
const endedOf = (child: ChildProcess): Promise<string | null> =>
  new Promise((resolve) => {
    child.once("close", (_code, signal) => resolve(signal))
    child.once("error", () => resolve(null))
  })

const launch = (task: AsideTask, limits: AsideLimits) => {
  // It needs nothing of the environment, which has passwords.
  const child = spawn(process.execPath, [fileURLToPath(entry())], { stdio: "pipe", env: {} })
  let said = ""
  child.stderr.on("data", (part: Buffer) => (said = (said + part.toString()).slice(0, errorCharactersMax)))
  // One that is gone already reads nothing; how it ended is told when it has.
  child.stdin.on("error", () => undefined)
  child.stdin.end(JSON.stringify({ task, limits }))
  return { child, ended: endedOf(child), said: () => said }
}

type Said<Name extends AsideMessage["say"]> = Extract<AsideMessage, { readonly say: Name }>
type Last = "statistics" | "operated" | "queried"

const isLast = (message: AsideMessage): message is Said<Last> =>
  message.say === "statistics" || message.say === "operated" || message.say === "queried"

/** What was said; undefined where the process was killed while it said it. */
const parse = (line: string): AsideMessage | undefined =>
  line.endsWith("}") ? (JSON.parse(line) as AsideMessage) : undefined

/** What is said on the way is handed on, one message at a time; the process waits for whoever takes it. */
const listen = async (
  { child, ended, said }: ReturnType<typeof launch>,
  limits: AsideLimits,
  hear: (message: AsideMessage) => Promise<void> | void
): Promise<Said<Last>> => {
  let last: Said<Last> | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    const message = parse(line)
    if (message === undefined) break
    if (message.say === "failed") throw new AsideFailed({ reason: message.reason, message: message.message })
    if (isLast(message)) last = message
    else await hear(message)
  }
  const signal = await ended
  if (last === undefined) throw endOf(said(), signal, limits)
  return last
}

/**
 * Has a task done, and answers with the last thing that is said of it. Interrupted, it ends at once; what a transaction
 * had not finished is undone by SQLite.
 *
 * @example
 * const { done } = yield* runAside({ task: "check", path }, { secondsMax: 60, residentBytesMax: 2 ** 28 })
 */
export const runAside = Effect.fn("runAside")(function* <T extends AsideTask>(
  task: T,
  limits: AsideLimits,
  hear: (message: AsideMessage) => Promise<void> | void = () => undefined
) {
  const last = yield* Effect.acquireUseRelease(
    Effect.sync(() => launch(task, limits)),
    (launched) =>
      Effect.tryPromise({
        try: () => listen(launched, limits, hear),
        catch: (fault) =>
          fault instanceof AsideFailed
            ? fault
            : new AsideFailed({ reason: "failed", message: `expected an answer, found ${String(fault)}` })
      }),
    ({ child, ended }) =>
      Effect.promise(() => {
        child.kill("SIGKILL")
        return ended
      })
  )
  // The process answers a task with the result of that task.
  return last as Said<
    T["task"] extends "statistics" ? "statistics" : T["task"] extends "query" ? "queried" : "operated"
  >
})
