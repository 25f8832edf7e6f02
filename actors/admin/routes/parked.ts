/** Inputs that wait for a person. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { DropParked, RetryParked } from "../../../contracts/commands.ts"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { byOf } from "../authorize.ts"
import { ask, modelsAfter, page } from "./answering.ts"

export const parked = HttpApiBuilder.group(api, "parked", (handlers) =>
  handlers.handleAll({
    list: Effect.fnUntraced(function* ({ query }) {
      const models = yield* modelsAfter(query.after)
      const { actor } = query
      const decided = query.decided === "true"
      return page(query, (place) => models.parked.list({ ...place, actor, decided }))
    }),
    retry: Effect.fnUntraced(function* ({ params }) {
      return yield* ask(RetryParked, { ...params, by: byOf(yield* CurrentKey) })
    }),
    drop: Effect.fnUntraced(function* ({ params }) {
      return yield* ask(DropParked, { ...params, by: byOf(yield* CurrentKey) })
    })
  })
)
