/** `wadjet rebuild`: the read models folded again from the first event. */
import { existsSync } from "node:fs"
import { Effect } from "effect"
import {
  GoBackProjections,
  ProjectionsStatus,
  RebuildProjections
} from "../../contracts/projection-commands.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { pinoLogger } from "../../infra/telemetry/logger.ts"
import { openSqliteReadOnly } from "../../infra/sqlite/open.ts"
import { readModels } from "../../projections/catalogue.ts"
import { type Digest, digest } from "../../projections/digest.ts"
import { locationIn } from "../../projections/location.ts"
import { goBack, rebuild } from "../../projections/rebuild.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { duration, progressBar } from "./progress.ts"
import { openLog } from "./reach.ts"
import { counted } from "./words.ts"

export interface RebuildInput {
  /** Whether to go back to the read models that answered before the last rebuild. */
  readonly back: boolean
  readonly json: boolean
}

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

/** How often a system that runs is asked how far it is. */
const askEveryMillis = 200

const unchanged = (why: string) =>
  new OperatorFailed({
    what: "The read models answer as before",
    why,
    next: "Nothing was changed. `wadjet doctor` looks for what may be wrong."
  })

/** Has the system that runs do it, while it answers. */
const replaceRunning = Effect.fnUntraced(function* (back: boolean, json: boolean) {
  const output = yield* Output
  const bus = yield* CommandBus
  yield* bus.request(back ? GoBackProjections : RebuildProjections, { by: "operator" })
  let status = yield* bus.request(ProjectionsStatus, {})
  while (status.building !== null) {
    const { done, perSecond, secondsLeft, total } = status.building
    yield* output.status(
      `${progressBar(done, total, "events")}, ${Math.round(perSecond).toLocaleString("en")} a second, ${duration(secondsLeft)} left`
    )
    yield* Effect.sleep(askEveryMillis)
    status = yield* bus.request(ProjectionsStatus, {})
  }
  yield* output.status("")
  if (status.failed !== null) return yield* unchanged(status.failed)
  if (json) return yield* output.json({ upTo: status.sequence })
  return yield* output.line(
    `${back ? "The read models of before answer again" : "New read models answer now"}, up to event ${status.sequence.toLocaleString("en")}. Those that answered until now are kept: \`wadjet rebuild --back\` has them answer again.`
  )
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

const rebuildAll = Effect.fnUntraced(function* ({ back, json }: RebuildInput) {
  const config = yield* Host.config
  const output = yield* Output
  const { context, dataFolder, running } = yield* openLog(config)
  if (running !== undefined) return yield* Effect.provideContext(replaceRunning(back, json), context)
  if (back) {
    yield* goBack({ dataFolder }).pipe(Effect.provideContext(context))
    return yield* output.line("The read models of before answer from the next start on.")
  }
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

/** Rebuilds all read models, or goes back to those before, and shows how far it is. */
export const rebuildReadModels = Effect.fn("rebuildReadModels")(function* (input: RebuildInput) {
  const { logLevel } = yield* Host.config
  yield* Effect.scoped(rebuildAll(input)).pipe(Effect.provide(pinoLogger(logLevel)))
})
