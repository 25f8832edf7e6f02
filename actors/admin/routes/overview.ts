/** Everything at a glance. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { api } from "../../../contracts/http/api.ts"
import { Unavailable } from "../../../contracts/http/problems.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { modelsAfter } from "./answering.ts"

export const overview = HttpApiBuilder.group(api, "overview", (handlers) =>
  handlers.handleAll({
    get: Effect.fnUntraced(function* ({ query }) {
      const log = yield* EventLog
      const models = yield* modelsAfter(query.after)
      const counts = models.overview()
      const last = yield* log.last.pipe(
        Effect.mapError((error) => new Unavailable({ detail: error.message }))
      )
      return { ...counts, generation: log.generation, lag: Math.max(0, last - counts.sequence) }
    })
  })
)
