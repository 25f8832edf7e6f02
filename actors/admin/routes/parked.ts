/** Inputs that wait for a person. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { DropParked, RetryParked } from "../../../contracts/commands.ts"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { byOf } from "../authorize.ts"
import { ask, modelsAfter } from "./answering.ts"

export const parked = HttpApiBuilder.group(api, "parked", (handlers) =>
  handlers.handleAll({
    list: Effect.fnUntraced(function* ({ query }) {
      const models = yield* modelsAfter(query.after)
      return { items: models.parked.list({ decided: query.decided === "true" }) }
    }),
    retry: Effect.fnUntraced(function* ({ params }) {
      return yield* ask(RetryParked, { ...params, by: byOf(yield* CurrentKey) })
    }),
    drop: Effect.fnUntraced(function* ({ params }) {
      return yield* ask(DropParked, { ...params, by: byOf(yield* CurrentKey) })
    })
  })
)
