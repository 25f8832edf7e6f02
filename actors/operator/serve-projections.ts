/** The projector's own commands: how far it is, and having its read models replaced while they answer. */
import { Effect } from "effect"
import { type CommandType, Refused } from "../../contracts/command.ts"
import {
  GoBackProjections,
  ProjectionsStatus,
  RebuildProjections
} from "../../contracts/projection-commands.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import type { ProjectorFailed } from "../../projections/failure.ts"
import type { Projector } from "../../projections/start-projector.ts"

/** Answers until the scope closes. A replacement goes on where nobody waits for it any more. */
export const serveProjections = Effect.fn("serveProjections")(function* (projector: Projector) {
  const bus = yield* CommandBus
  const { generation } = yield* EventLog
  const scope = yield* Effect.scope
  const placed = () => ({ generation, sequence: projector.position() })
  let failed: string | null = null

  const begin = (command: CommandType, replace: Effect.Effect<void, ProjectorFailed>) =>
    Effect.gen(function* () {
      if (projector.building() !== undefined)
        return yield* new Refused({
          command: command.command,
          reason: "unavailable",
          message: "The read models are being replaced already."
        })
      failed = null
      yield* replace.pipe(
        Effect.tap(() => Effect.logInfo("other read models answer now", { upTo: projector.position() })),
        Effect.catch((failure) => {
          failed = failure.message
          return Effect.logWarning("the read models stay as they are", { reason: failure.message })
        }),
        Effect.forkIn(scope, { startImmediately: true })
      )
      return placed()
    })

  yield* bus.serve(ProjectionsStatus, () =>
    Effect.sync(() => ({
      ...placed(),
      pending: projector.lag(),
      building: projector.building() ?? null,
      failed
    }))
  )
  yield* bus.serve(RebuildProjections, () => begin(RebuildProjections, projector.rebuild))
  yield* bus.serve(GoBackProjections, () => begin(GoBackProjections, projector.goBack))
})
