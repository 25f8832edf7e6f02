/** The projector's thread, but for its entry: connects, opens, folds, and reports. */
import { join } from "node:path"
import { parentPort, workerData } from "node:worker_threads"
import { Cause, Effect, Exit, Fiber, Layer, Predicate, Redacted, Schedule } from "effect"
import { LogFolder } from "../infra/event-log/archive/archive-files.ts"
import { EventLog } from "../infra/event-log/event-log.ts"
import { jetStreamLog } from "../infra/event-log/jetstream-log.ts"
import { sqliteKeyring } from "../infra/keyring/sqlite-keyring.ts"
import { Nats } from "../infra/nats/connection.ts"
import { begunAnewWhereDamaged } from "../infra/sqlite/damaged.ts"
import { openSqlite } from "../infra/sqlite/open.ts"
import { isStorageFault } from "../infra/sqlite/storage-fault.ts"
import { openReadModels, readModelDatabase, standingAt } from "./database.ts"
import { ProjectorFailed, type ProjectorFailure } from "./failure.ts"
import { type Position, project } from "./projector.ts"
import type { ReadModel } from "./read-model.ts"
import { foldAnew, nothingBefore } from "./rebuild.ts"
import { stopMessage, type ThreadInput, type ThreadMessage } from "./thread-protocol.ts"

/** How long the projector waits before it asks a log again that did not answer. */
const retryMillis = 500

const connectionName = "wadjet-projector"

const because = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault))

/** The keyring tells the log its account; nothing is opened with it here. */
export const logOf = ({ dataFolder, nats }: Pick<ThreadInput, "dataFolder" | "nats">) =>
  jetStreamLog.pipe(
    Layer.provide(
      Layer.mergeAll(
        Nats.layer(
          { url: nats.url, user: nats.user, password: Redacted.make(nats.password) },
          connectionName
        ),
        sqliteKeyring(join(dataFolder, "keyring.db")),
        Layer.succeed(LogFolder, dataFolder)
      )
    )
  )

interface Folding {
  readonly input: ThreadInput
  readonly models: ReadonlyArray<ReadModel>
  readonly say: (message: ThreadMessage) => void
}

const projecting = Effect.fn("projecting")(function* (folding: Folding) {
  const { begin, file } = folding.input
  const standing = yield* standingNow(folding)
  if (begin === "anew") yield* foldPast(folding)
  else if (begin === "go-back" && standing !== "fits") return yield* nothingBefore
  else if (begin === "go-on" && standing === "outdated") return yield* sayOutdated(folding)
  else if (begin === "go-on" && standing === "foreign") return folding.say({ say: "foreign" })
  return yield* begunAnewWhereDamaged(file, follow(folding))
})

const standingNow = ({ input, models }: Folding) =>
  Effect.flatMap(EventLog, (log) => standingAt(input.file, log.generation, models))

const sayOutdated = Effect.fnUntraced(function* ({ input, say }: Folding) {
  const { last } = yield* EventLog
  const { checkpoint } = readModelDatabase(yield* openSqlite(input.file, "derived"))
  const { sequence, time } = checkpoint()
  say({ say: "outdated", sequence, time, pending: Math.max(0, (yield* last) - sequence) })
}, Effect.scoped)

/** What was in the log when it began; the rest is followed, as by whoever goes on. */
const foldPast = Effect.fnUntraced(function* ({ input, models, say }: Folding) {
  const until = yield* Effect.flatMap(EventLog, (log) => log.last)
  const onCommit = (position: Position) =>
    say({ say: "building", ...position, pending: until - position.sequence })
  const mode = input.strict ? "strict" : "live"
  yield* foldAnew({ file: input.file, models, mode, until, onCommit }, () => undefined)
})

const follow = Effect.fnUntraced(function* ({ input, models, say }: Folding) {
  const log = yield* EventLog
  const database = yield* openReadModels(input.file, log.generation, models)
  const { sequence, time } = database.checkpoint()
  const last = yield* log.last
  say({ say: "ready", sequence, time, pending: Math.max(0, last - sequence) })
  // What was committed is where it goes on from, so that trying again neither skips nor repeats an event.
  yield* project({
    log,
    database,
    models,
    mode: "live",
    onCommit: (position) => say({ say: "committed", ...position })
  }).pipe(
    Effect.retry({
      while: Predicate.isTagged("LogUnavailable"),
      schedule: Schedule.spaced(`${retryMillis} millis`)
    })
  )
})

const reasonOf = (fault: unknown): ProjectorFailure => {
  if (Predicate.isTagged(fault, "LogUnavailable") || Predicate.isTagged(fault, "NatsUnreachable"))
    return "log-unavailable"
  const storage = Predicate.isTagged(fault, "SqliteUnavailable") || isStorageFault(fault)
  return storage ? "database" : "crashed"
}

/** What a thread says of why it failed. */
export const failureOf = (fault: unknown): Extract<ThreadMessage, { readonly say: "failed" }> => {
  if (fault instanceof ProjectorFailed) {
    const { message, reason, sequence } = fault
    return { say: "failed", reason, message, ...(sequence === undefined ? {} : { sequence }) }
  }
  return { say: "failed", reason: reasonOf(fault), message: because(fault) }
}

/**
 * Runs the projector in a worker thread until it is told to stop. An entry of its own calls it, so that tests
 * can run other read models in a thread.
 */
export const runProjectorThread = (models: ReadonlyArray<ReadModel>): void => {
  const port = parentPort
  if (port === null) throw new Error("expected to run as a worker thread, started by startProjector")
  // Whoever starts the thread is startProjector, which hands over what the protocol says.
  const input = workerData as ThreadInput
  const say = (message: ThreadMessage) => port.postMessage(message)
  const fiber = Effect.runFork(
    projecting({ input, models, say }).pipe(Effect.scoped, Effect.provide(logOf(input)))
  )
  port.on("message", (message) => {
    if (message === stopMessage) Effect.runFork(Fiber.interrupt(fiber))
  })
  fiber.addObserver((exit) => {
    if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)) say(failureOf(Cause.squash(exit.cause)))
    port.close()
  })
}
