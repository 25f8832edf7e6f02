/** What happened in each hour or day. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { api } from "../../../contracts/http/api.ts"
import { InvalidRequest } from "../../../contracts/http/problems.ts"
import { statisticsStepsMax } from "../../../contracts/http/statistics.ts"
import { nowOrThen } from "../as-of.ts"
import { modelsAfter } from "./answering.ts"

const stepMillis = { hour: 3_600_000, day: 86_400_000 } as const
/** Steps up to now, where no beginning is given. */
const stepsByDefault = { hour: 24, day: 30 } as const

export const statistics = HttpApiBuilder.group(api, "statistics", (handlers) =>
  handlers.handleAll({
    get: Effect.fnUntraced(function* ({ query }) {
      const { step = "hour" } = query
      const to = query.to ?? (yield* nowOrThen) + 1
      const from = query.from ?? Math.max(0, to - stepsByDefault[step] * stepMillis[step])
      if (to - from > (statisticsStepsMax - 1) * stepMillis[step])
        return yield* new InvalidRequest({
          field: "query.from",
          detail: `Expected less than ${statisticsStepsMax} steps, found ${Math.ceil((to - from) / stepMillis[step])}; ask for days, or for less.`
        })
      const models = yield* modelsAfter(query.after)
      return { step, from, to, steps: models.statistics(step, from, to) }
    })
  })
)
