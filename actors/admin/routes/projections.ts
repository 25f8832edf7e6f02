/** The read models themselves: asked of whoever folds them. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import {
  CheckProjections,
  GoBackProjections,
  ProjectionsStatus,
  RebuildProjections
} from "../../../contracts/projection-commands.ts"
import { PastModels } from "../../../projections/past/models.ts"
import { ReadModels } from "../../../projections/reader.ts"
import { byOf } from "../authorize.ts"
import { ask } from "./answering.ts"

export const projections = HttpApiBuilder.group(api, "projections", (handlers) =>
  handlers.handleAll({
    status: Effect.fnUntraced(function* () {
      const models = yield* ReadModels
      const past = yield* PastModels
      const status = yield* ask(ProjectionsStatus, {})
      return { ...status, check: models.lastCheck() ?? null, past: past.building() }
    }),
    check: Effect.fnUntraced(function* () {
      return yield* ask(CheckProjections, { by: byOf(yield* CurrentKey) })
    }),
    rebuild: Effect.fnUntraced(function* () {
      return yield* ask(RebuildProjections, { by: byOf(yield* CurrentKey) })
    }),
    back: Effect.fnUntraced(function* () {
      return yield* ask(GoBackProjections, { by: byOf(yield* CurrentKey) })
    })
  })
)
