/** Everything at a glance. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { api } from "../../../contracts/http/api.ts"
import { Unavailable } from "../../../contracts/http/problems.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { type EndOfLog, eventsBehind } from "../end-of-log.ts"
import { modelsAfter } from "./answering.ts"

export const overview = (endOfLog: EndOfLog) =>
  HttpApiBuilder.group(api, "overview", (handlers) =>
    handlers.handleAll({
      get: Effect.fnUntraced(function* ({ query }) {
        const { generation } = yield* EventLog
        const models = yield* modelsAfter(query.after)
        const counts = models.overview()
        const end = yield* endOfLog.pipe(
          Effect.mapError(({ message }) => new Unavailable({ detail: message }))
        )
        return { ...counts, generation, lag: eventsBehind(end, counts.sequence) }
      })
    })
  )
