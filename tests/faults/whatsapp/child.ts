/** A doomed process as its parent sees it. */
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import type { Life, Saying } from "./life.ts"
import type { Point } from "./points.ts"

export interface Child {
  readonly pid: number
  /** Answers once its actors take inputs, or it is gone before that. */
  readonly ready: Promise<void>
  /** Answers when it is gone, with the point at which it died; `undefined` when it was killed from outside. */
  readonly gone: Promise<Point | undefined>
  readonly isGone: () => boolean
  /** Where it said that it dies, or falls asleep. */
  readonly point: () => Point | undefined
  readonly staleWrites: () => ReadonlyArray<Extract<Saying, { said: "stale-write" }>>
  readonly signal: (signal: NodeJS.Signals) => void
  readonly kill: () => Promise<Point | undefined>
  /** Everything that it wrote to its standard output and its standard error. */
  readonly console: () => Buffer
}

const sayingOf = (line: string): Saying | undefined =>
  line.startsWith('{"said":') ? (JSON.parse(line) as Saying) : undefined

export const startChild = (
  program: string,
  life: Life,
  environment: Readonly<Record<string, string>>
): Child => {
  const spawned = spawn(process.execPath, [program, JSON.stringify(life)], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"]
  })
  const chunks: Array<Buffer> = []
  const staleWrites: Array<Extract<Saying, { said: "stale-write" }>> = []
  let point: Point | undefined
  let isGone = false
  const ready = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<Point | undefined>()
  // Who is not waiting for its end hears of a wrong one by whatever waits for what it should have done.
  gone.promise.catch(() => {})
  ready.promise.catch(() => {})
  spawned.stderr.on("data", (chunk: Buffer) => void chunks.push(chunk))
  spawned.stdout.on("data", (chunk: Buffer) => void chunks.push(chunk))
  createInterface({ input: spawned.stdout }).on("line", (line) => {
    const saying = sayingOf(line)
    if (saying?.said === "ready") ready.resolve()
    if (saying?.said === "dying") point = saying.point
    if (saying?.said === "stale-write") staleWrites.push(saying)
  })
  spawned.once("close", (code, signal) => {
    isGone = true
    if (signal === "SIGKILL" || code === 0) {
      gone.resolve(point)
      ready.resolve()
      return
    }
    const words = Buffer.concat(chunks).toString("utf8").slice(-4_000)
    const error = new Error(`it ended with ${signal ?? `code ${code}`}: ${words}`)
    gone.reject(error)
    ready.reject(error)
  })
  const signal = (name: NodeJS.Signals) => void spawned.kill(name)
  return {
    pid: spawned.pid ?? 0,
    ready: ready.promise,
    gone: gone.promise,
    isGone: () => isGone,
    point: () => point,
    staleWrites: () => staleWrites,
    signal,
    kill: () => {
      signal("SIGKILL")
      return gone.promise
    },
    console: () => Buffer.concat(chunks)
  }
}
