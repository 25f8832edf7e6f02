/** A doomed process as its parent sees it. */
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { Deferred, Effect, Schema } from "effect"
import type { Program } from "./bundle.ts"
import type { Life, Saying } from "./life.ts"
import type { Point } from "./points.ts"

/** The process ended by itself, which none of its lives allows. */
export class DiedEarly extends Schema.TaggedError<DiedEarly>()("DiedEarly", { message: Schema.String }) {}

export interface Child {
  /** Answers once its actors take inputs; fails when it ended otherwise than by its trap before that. */
  readonly ready: Effect.Effect<Extract<Saying, { said: "ready" }>["nats"] | undefined, DiedEarly>
  /** Answers when it is gone, with the point at which it died; `undefined` when it was killed from outside. */
  readonly gone: Effect.Effect<Point | undefined, DiedEarly>
  readonly kill: Effect.Effect<void>
  /** Asks it to end, and answers when it has. */
  readonly stop: Effect.Effect<void>
}

/** Starts a process, and kills it when the scope closes. */
export const startChild = Effect.fn("startChild")(function* (
  program: Program,
  life: Omit<Life, "projectorEntry">
) {
  const told: Life = { ...life, projectorEntry: program.projector }
  const ready = yield* Deferred.make<Extract<Saying, { said: "ready" }>["nats"] | undefined, DiedEarly>()
  const gone = yield* Deferred.make<Point | undefined, DiedEarly>()
  let point: Point | undefined
  let words = ""
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [program.system, JSON.stringify(told)], { stdio: ["ignore", "pipe", "pipe"] })
    ),
    (started) =>
      Effect.sync(() => started.kill("SIGKILL")).pipe(Effect.andThen(Effect.ignore(Deferred.await(gone))))
  )
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-4_000)
  })
  createInterface({ input: child.stdout }).on("line", (line) => {
    const saying = JSON.parse(line) as Saying
    if (saying.said === "ready") Deferred.doneUnsafe(ready, Effect.succeed(saying.nats))
    else point = saying.point
  })
  child.once("close", (code, signal) => {
    const early = new DiedEarly({ message: `it ended with ${signal ?? `code ${code}`}: ${words}` })
    const ending = signal === "SIGKILL" ? Effect.succeed(point) : Effect.fail(early)
    Deferred.doneUnsafe(gone, ending)
    Deferred.doneUnsafe(ready, Effect.andThen(ending, Effect.undefined))
  })
  const end = (signal: NodeJS.Signals) =>
    Effect.sync(() => void child.kill(signal)).pipe(Effect.andThen(Effect.ignore(Deferred.await(gone))))
  return {
    ready: Deferred.await(ready),
    gone: Deferred.await(gone),
    kill: end("SIGKILL"),
    stop: end("SIGTERM")
  } satisfies Child
})
