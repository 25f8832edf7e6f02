/** Comparing the read models with a second fold of the log: when asked, and each night. What was found is a fact. */
import { join } from "node:path"
import * as DateTime from "effect/DateTime"
import { Clock, Effect, Stream } from "effect"
import type { AnyFact } from "../../contracts/catalogue.ts"
import { eventId } from "../../contracts/ids.ts"
import { ProjectionChecked } from "../../contracts/projection.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { ProjectorFailed } from "../../projections/failure.ts"
import { locationIn } from "../../projections/location.ts"
import { startPastThread } from "../../projections/past/start-thread.ts"
import type { ThreadOptions } from "../../projections/projector-thread.ts"
import { nightSince } from "../backup/keep/due.ts"

/** How much the thread gives way, as nice(1) counts: the most there is, whatever else wants to run goes first. */
const checkNiceness = 19
/** How often it is looked whether a night has begun. */
const lookEverySeconds = 300
/** Whoever else states something of read models at the same moment is another replica. */
const conflictRetriesMax = 5

/** The name under which facts about read models are stated. */
export const projectorActor = "projector"

/** States a fact of the boundary of read models, behind whatever is there. */
export const stateOfProjections = Effect.fnUntraced(function* (fact: AnyFact, at: number) {
  const log = yield* EventLog
  const id = eventId(log.generation, projectorActor, `${fact.type} ${at}`)
  const once = Effect.gen(function* () {
    const expected = yield* log.lastOf("projection", "main")
    return yield* log.append([{ fact, id, expected }], { actor: projectorActor })
  })
  return yield* once.pipe(
    Effect.retry({ times: conflictRetriesMax, while: (error) => error._tag === "Conflict" }),
    Effect.mapError(
      (error) =>
        new ProjectorFailed({
          reason: "log-unavailable",
          message: `expected the log to take ${fact.type}, found: ${error.message}`
        })
    )
  )
})

export interface CheckOptions extends ThreadOptions {
  /** How much the thread of a comparison gives way, where that is not the most there is. */
  readonly niceness?: number | undefined
  /** Who compares; left out, a thread of its own. */
  readonly startThread?:
    | ((options: ThreadOptions, niceness: number) => ReturnType<typeof startPastThread>)
    | undefined
}

/** How far the second fold is. */
export interface Checking {
  readonly done: number
  readonly total: number
}

/** Compares, in a thread of its own that gives way to all others, and states what was found. */
export const checkProjections = Effect.fn("checkProjections")(function* (
  options: CheckOptions,
  by: string | undefined,
  hear: (checking: Checking) => void
) {
  const { niceness = checkNiceness, startThread = startPastThread } = options
  const file = join(locationIn(options.dataFolder).folder, "second-fold.db")
  const found = yield* Effect.scoped(
    Effect.flatMap(startThread(options, niceness), (thread) =>
      thread.run({ task: "check", file }, ({ pending, sequence }) =>
        hear({ done: sequence, total: sequence + pending })
      )
    )
  )
  const at = yield* Clock.currentTimeMillis
  const { differences, seconds, sequence } = found
  const fact = ProjectionChecked({
    upTo: sequence,
    at,
    seconds,
    drifted: differences,
    ...(by === undefined ? {} : { by })
  })
  yield* stateOfProjections(fact, at)
  if (differences.length > 0)
    yield* Effect.logError(
      "read models are not what the log makes of them; `wadjet rebuild` makes them anew",
      {
        upTo: sequence,
        drifted: differences
      }
    )
  return found
})

/** When they were last compared, by the log; since this began where they never were. */
const lastChecked = Effect.gen(function* () {
  const log = yield* EventLog
  let last: number | undefined
  yield* log.read({ from: 1, events: ["projection.checked"] }).pipe(
    Stream.takeUntil((batch) => batch.pending === 0),
    Stream.runForEach(({ events }) =>
      Effect.sync(() => {
        for (const event of events) if (event.type === "projection.checked") last = event.data.at
      })
    )
  )
  return last
})

/** Has them compared each night, for ever. Of what was never compared the first night is the next one. */
export const checkNightly = Effect.fn("checkNightly")(function* <E>(check: Effect.Effect<void, E>) {
  const zone = DateTime.zoneMakeLocal()
  const began = yield* Clock.currentTimeMillis
  for (;;) {
    yield* Effect.sleep(`${lookEverySeconds} seconds`)
    const last = yield* lastChecked.pipe(Effect.orElseSucceed(() => undefined))
    if (nightSince(last ?? began, yield* Clock.currentTimeMillis, zone)) yield* Effect.ignore(check)
  }
})
