/** `wadjet rebuild`: the read models folded again from the first event. */
import { existsSync } from "node:fs"
import { Effect } from "effect"
import { pinoLogger } from "../../infra/telemetry/logger.ts"
import { openSqliteReadOnly } from "../../infra/sqlite/open.ts"
import { readModels } from "../../projections/catalogue.ts"
import { type Digest, digest } from "../../projections/digest.ts"
import { locationIn } from "../../projections/location.ts"
import { rebuild } from "../../projections/rebuild.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { duration, progressBar } from "./progress.ts"
import { openLog } from "./reach.ts"
import type { RunRecord } from "./run-file.ts"
import { counted } from "./words.ts"

/** What the read models were before, to compare: undefined where there are none or they cannot be read. */
const digestBefore = Effect.fnUntraced(
  function* (dataFolder: string) {
    const { database } = locationIn(dataFolder)
    if (!existsSync(database)) return undefined
    const db = yield* openSqliteReadOnly(database)
    return yield* Effect.try(() => ({
      sequence: db.prepare<[], number>("select sequence from checkpoint").pluck().get() ?? 0,
      digest: digest(db, readModels)
    }))
  },
  Effect.scoped,
  Effect.orElseSucceed(() => undefined)
)

const isRunning = ({ pid }: RunRecord) =>
  new OperatorFailed({
    what: "The read models cannot be rebuilt now",
    why: `the system that runs (process ${pid}) writes to them`,
    next: "Stop it, rebuild, and start it again. Nothing is lost meanwhile: what arrives is replayed."
  })

const comparison = (
  before: { readonly sequence: number; readonly digest: Digest } | undefined,
  events: number,
  after: Digest
) => {
  if (before === undefined) return "There were none before."
  if (before.sequence !== events) return `Those before stood for event ${before.sequence} only.`
  return before.digest.whole === after.whole
    ? "They are the same as before."
    : "They differ from those before."
}

const rebuildAll = Effect.fnUntraced(function* (json: boolean) {
  const config = yield* Host.config
  const output = yield* Output
  const { context, dataFolder, running } = yield* openLog(config)
  if (running !== undefined) return yield* isRunning(running)
  const before = yield* digestBefore(dataFolder)
  const runSync = Effect.runSyncWith(yield* Effect.context<never>())
  const found = yield* rebuild({
    dataFolder,
    progress: ({ done, perSecond, secondsLeft, total }) =>
      runSync(
        output.status(
          `${progressBar(done, total, "events")}, ${Math.round(perSecond).toLocaleString("en")} a second, ${duration(secondsLeft)} left`
        )
      )
  }).pipe(Effect.provideContext(context))
  yield* output.status("")
  const perSecond = Math.round(found.events / found.seconds)
  const same =
    before === undefined || before.sequence !== found.events
      ? null
      : before.digest.whole === found.digest.whole
  if (json)
    return yield* output.json({
      events: found.events,
      seconds: found.seconds,
      perSecond,
      same,
      digest: found.digest
    })
  yield* output.line(
    `Folded ${counted(found.events, "event")} in ${found.seconds.toFixed(2)} s (${perSecond.toLocaleString("en")} a second). ${comparison(before, found.events, found.digest)}`
  )
  for (const [model, text] of Object.entries(found.digest.models))
    yield* output.line(`  ${model.padEnd(10)}  ${text}`)
  return yield* output.line(`  ${"whole".padEnd(10)}  ${found.digest.whole}`)
})

/** Rebuilds all read models, shows how far it is, and prints their digests. */
export const rebuildReadModels = Effect.fn("rebuildReadModels")(function* ({
  json
}: {
  readonly json: boolean
}) {
  const { logLevel } = yield* Host.config
  yield* Effect.scoped(rebuildAll(json)).pipe(Effect.provide(pinoLogger(logLevel)))
})
