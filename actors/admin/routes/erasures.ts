/** Being forgotten. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RequestErasure } from "../../../contracts/commands.ts"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { byOf } from "../authorize.ts"
import { ask } from "./answering.ts"

export const erasures = HttpApiBuilder.group(api, "erasures", (handlers) =>
  handlers.handleAll({
    request: Effect.fnUntraced(function* ({ payload: { subject } }) {
      return yield* ask(RequestErasure, { subject, by: byOf(yield* CurrentKey) })
    })
  })
)
