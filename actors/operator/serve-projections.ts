/** The projector's own commands: how far it is, having its read models replaced while they answer, and comparing them. */
import { Clock, Effect } from "effect"
import { type CommandType, Refused } from "../../contracts/command.ts"
import {
  CheckProjections,
  GoBackProjections,
  ProjectionsStatus,
  RebuildProjections
} from "../../contracts/projection-commands.ts"
import { ProjectionReplaced } from "../../contracts/projection.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import type { ProjectorFailed } from "../../projections/failure.ts"
import type { Projector } from "../../projections/start-projector.ts"
import {
  checkNightly,
  checkProjections,
  type Checking,
  type CheckOptions,
  stateOfProjections
} from "./check-projections.ts"

/** Answers until the scope closes. What was begun goes on where nobody waits for it any more. */
export const serveProjections = Effect.fn("serveProjections")(function* (
  projector: Projector,
  options: CheckOptions
) {
  const bus = yield* CommandBus
  const log = yield* EventLog
  const scope = yield* Effect.scope
  const placed = () => ({ generation: log.generation, sequence: projector.position() })
  let failed: string | null = null
  let checking: Checking | null = null
  let unchecked: string | null = null

  const refused = ({ command }: CommandType, message: string) =>
    new Refused({ command, reason: "already-done", message })

  const replaced = Effect.fnUntraced(function* (how: "rebuilt" | "gone-back", by: string) {
    const at = yield* Clock.currentTimeMillis
    const upTo = projector.position()
    yield* Effect.logInfo("other read models answer now", { upTo })
    yield* stateOfProjections(ProjectionReplaced({ how, upTo, at, by }), at).pipe(
      Effect.provideService(EventLog, log)
    )
  })

  const begin = (
    command: CommandType,
    replace: Effect.Effect<void, ProjectorFailed>,
    how: "rebuilt" | "gone-back",
    by: string
  ) =>
    Effect.gen(function* () {
      if (projector.building() !== undefined)
        return yield* refused(command, "The read models are being replaced already.")
      failed = null
      yield* replace.pipe(
        Effect.andThen(replaced(how, by)),
        Effect.catch((failure) => {
          failed = failure.message
          return Effect.logWarning("the read models stay as they are", { reason: failure.message })
        }),
        Effect.forkIn(scope, { startImmediately: true })
      )
      return placed()
    })

  const check = (by: string | undefined) =>
    Effect.suspend(() => {
      checking = { done: 0, total: projector.position() }
      unchecked = null
      return checkProjections(options, by, (now) => (checking = now)).pipe(
        Effect.provideService(EventLog, log),
        Effect.tapError((failure) => {
          unchecked = failure.message
          return Effect.logWarning("the read models were not compared", { reason: failure.message })
        }),
        Effect.ensuring(Effect.sync(() => void (checking = null)))
      )
    })

  yield* bus.serve(ProjectionsStatus, () =>
    log.last.pipe(
      Effect.mapError(
        ({ message }) => new Refused({ command: ProjectionsStatus.command, reason: "unavailable", message })
      ),
      Effect.map((last) => ({
        ...placed(),
        pending: Math.max(0, last - projector.position()),
        building: projector.building() ?? null,
        failed,
        checking,
        unchecked
      }))
    )
  )
  yield* bus.serve(RebuildProjections, ({ payload: { by } }) =>
    begin(RebuildProjections, projector.rebuild, "rebuilt", by)
  )
  yield* bus.serve(GoBackProjections, ({ payload: { by } }) =>
    begin(GoBackProjections, projector.goBack, "gone-back", by)
  )
  yield* bus.serve(CheckProjections, ({ payload: { by } }) =>
    Effect.gen(function* () {
      if (checking !== null) return yield* refused(CheckProjections, "They are being compared already.")
      yield* Effect.forkIn(Effect.ignore(check(by)), scope, { startImmediately: true })
      return placed()
    })
  )
  // One that was asked for is under way: the night's own is not needed besides.
  const nightly = Effect.suspend(() => (checking === null ? Effect.asVoid(check(undefined)) : Effect.void))
  yield* Effect.forkIn(checkNightly(nightly), scope)
})
