/** `wadjet drift`: whether the read models are what the log makes of them. */
import { rmSync } from "node:fs"
import { join } from "node:path"
import { Effect, Stream } from "effect"
import { CheckProjections, ProjectionsStatus } from "../../contracts/projection-commands.ts"
import type { DriftedTable } from "../../contracts/projection.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { pinoLogger } from "../../infra/telemetry/logger.ts"
import { readModels } from "../../projections/catalogue.ts"
import { locationIn } from "../../projections/location.ts"
import { checkModels } from "../../projections/past/check.ts"
import type { Position } from "../../projections/projector.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { progressBar } from "./progress.ts"
import { openLog } from "./reach.ts"

/** How often a system that runs is asked how far it is. */
const askEveryMillis = 200

interface Compared {
  readonly upTo: number
  readonly seconds: number
  readonly drifted: ReadonlyArray<DriftedTable>
}

const cameToNothing = (why: string) =>
  new OperatorFailed({
    what: "The read models were not compared",
    why,
    next: "Nothing was changed. `wadjet doctor` looks for what may be wrong."
  })

/** Has the system that runs do it; what it found is in the log behind where it was asked. */
const askRunning = Effect.gen(function* () {
  const output = yield* Output
  const bus = yield* CommandBus
  const log = yield* EventLog
  const before = yield* log.last
  yield* bus.request(CheckProjections, { by: "operator" })
  let status = yield* bus.request(ProjectionsStatus, {})
  while (status.checking !== null) {
    yield* output.status(progressBar(status.checking.done, status.checking.total, "events"))
    yield* Effect.sleep(askEveryMillis)
    status = yield* bus.request(ProjectionsStatus, {})
  }
  yield* output.status("")
  if (status.unchecked !== null) return yield* cameToNothing(status.unchecked)
  const found = yield* log.read({ from: before + 1, events: ["projection.checked"] }).pipe(
    Stream.flatMap(({ events }) => Stream.fromIterable(events)),
    Stream.runHead
  )
  if (found._tag === "None" || found.value.type !== "projection.checked")
    return yield* cameToNothing("the log does not say what was found")
  const { drifted: rows, seconds, upTo } = found.value.data
  return { upTo, seconds, drifted: rows } satisfies Compared
})

/** Does it here, where nothing runs. */
const compareHere = Effect.fnUntraced(function* (dataFolder: string) {
  const output = yield* Output
  const runSync = Effect.runSyncWith(yield* Effect.context<never>())
  const file = join(locationIn(dataFolder).folder, "second-fold.db")
  const onCommit = ({ pending, sequence }: Position) =>
    runSync(output.status(progressBar(sequence, sequence + pending, "events")))
  const { differences, seconds, sequence } = yield* checkModels({
    dataFolder,
    file,
    models: readModels,
    onCommit
  }).pipe(Effect.ensuring(Effect.sync(() => rmSync(file, { force: true }))))
  yield* output.status("")
  return { upTo: sequence, seconds, drifted: differences } satisfies Compared
})

const words = { changed: "another row", missing: "no such row", surplus: "a row that should not be" } as const

const drifted = ({ drifted: found }: Compared) =>
  new OperatorFailed({
    what: "The read models are not what the log makes of them",
    why: found.map(({ how, key, model, table }) => `${model}: ${table} ${key} has ${words[how]}`).join("; "),
    next: "`wadjet rebuild` makes them anew, and keeps these for whoever wants to know why."
  })

const compare = Effect.fnUntraced(function* (json: boolean) {
  const output = yield* Output
  const { context, dataFolder, running } = yield* openLog(yield* Host.config)
  const found =
    running === undefined
      ? yield* Effect.provideContext(compareHere(dataFolder), context)
      : yield* Effect.provideContext(askRunning, context)
  if (json) yield* output.json(found)
  if (found.drifted.length > 0) return yield* drifted(found)
  if (json) return undefined
  return yield* output.line(
    `The read models are what the log makes of them, up to event ${found.upTo.toLocaleString("en")} (${found.seconds.toFixed(1)} s).`
  )
})

/** Compares, and fails where there is a difference. */
export const showDrift = Effect.fn("showDrift")(function* ({ json }: { readonly json: boolean }) {
  const { logLevel } = yield* Host.config
  yield* Effect.scoped(compare(json)).pipe(Effect.provide(pinoLogger(logLevel)))
})
