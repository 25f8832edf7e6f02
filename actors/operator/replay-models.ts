/** `wadjet replay --into`: the read models as they stood at a point of the log, in a file of choice. */
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { Effect, type Option } from "effect"
import { EventLog, type EventLogService } from "../../infra/event-log/event-log.ts"
import { pinoLogger } from "../../infra/telemetry/logger.ts"
import { foldInto } from "../../projections/rebuild.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { type LogPlace, placeOf } from "./log-place.ts"
import { Output } from "./output.ts"
import { duration, progressBar } from "./progress.ts"
import { openLog } from "./reach.ts"
import { counted, printable } from "./words.ts"

export interface ReplayModelsInput {
  readonly into: string
  readonly to: Option.Option<string>
  readonly json: boolean
}

const exists = (file: string) =>
  new OperatorFailed({
    what: `${printable(file)} was not written`,
    why: "there is a file of this name",
    next: "Give the name of a file that does not exist yet."
  })

const cannotBeWritten = (file: string) =>
  new OperatorFailed({
    what: `${printable(file)} was not written`,
    why: "its folder does not exist",
    next: "Make the folder first, or name another one."
  })

/** The last event before a moment, found by halves: the log is in the order of its times. */
const lastBefore = Effect.fnUntraced(function* (log: EventLogService, time: number, last: number) {
  let [below, above] = [0, last + 1]
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2)
    const event = yield* log.get(middle)
    // What cannot be read has no time that is known, and is taken for as old as what comes before it.
    if (event === undefined || event.type === "unreadable" || event.time < time) below = middle
    else above = middle
  }
  return below
})

const untilOf = (log: EventLogService, to: LogPlace | undefined, last: number) => {
  if (to === undefined) return Effect.succeed(last)
  return "sequence" in to ? Effect.succeed(Math.min(to.sequence, last)) : lastBefore(log, to.time, last)
}

const replay = Effect.fnUntraced(function* ({ into, json, to }: ReplayModelsInput) {
  const output = yield* Output
  const file = resolve(into)
  if (existsSync(file)) return yield* exists(into)
  if (!existsSync(resolve(file, ".."))) return yield* cannotBeWritten(into)
  const place = yield* placeOf("to", to)
  const { context } = yield* openLog(yield* Host.config)
  const log = yield* Effect.provideContext(EventLog, context)
  const until = yield* untilOf(log, place, yield* log.last)
  const runSync = Effect.runSyncWith(yield* Effect.context<never>())
  const found = yield* foldInto({
    file,
    until,
    progress: ({ done, secondsLeft, total }) =>
      runSync(output.status(`${progressBar(done, total, "events")}, ${duration(secondsLeft)} left`))
  }).pipe(Effect.provideContext(context))
  yield* output.status("")
  if (json) return yield* output.json({ file, ...found })
  yield* output.line(
    `Folded ${counted(found.events, "event")} in ${found.seconds.toFixed(2)} s into ${printable(into)}. Words in it stay sealed. Nothing was sent.`
  )
  return yield* output.line(`  digest  ${found.digest.whole}`)
})

/** Folds the read models up to a point into a file of their own. */
export const replayModels = Effect.fn("replayModels")(function* (input: ReplayModelsInput) {
  const { logLevel } = yield* Host.config
  yield* Effect.scoped(replay(input)).pipe(Effect.provide(pinoLogger(logLevel)))
})
