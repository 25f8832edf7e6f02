/** Who did what. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { api } from "../../../contracts/http/api.ts"
import { modelsAfter, page } from "./answering.ts"

export const audit = HttpApiBuilder.group(api, "audit", (handlers) =>
  handlers.handleAll({
    list: Effect.fnUntraced(function* ({ query }) {
      const models = yield* modelsAfter(query.after)
      const { action, by, chat, since, subject, until } = query
      return page(query, (place) => models.audit({ ...place, action, by, chat, since, subject, until }))
    })
  })
)
