/** What is allowed or denied. */
import { Clock, Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RemoveOverride, SetOverride } from "../../../contracts/commands.ts"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { OverrideId } from "../../../contracts/ids.ts"
import { byOf } from "../authorize.ts"
import { uuid7 } from "../uuid7.ts"
import { wordless } from "../words.ts"
import { ask, modelsAfter, page, shown } from "./answering.ts"

export const overrides = HttpApiBuilder.group(api, "overrides", (handlers) =>
  handlers.handleAll({
    list: Effect.fnUntraced(function* ({ query }) {
      const models = yield* modelsAfter(query.after)
      const { chat, status } = query
      return yield* shown(
        page(query, (options) => models.overrides.list({ ...options, chat, status })),
        wordless.override
      )
    }),
    set: Effect.fnUntraced(function* ({ payload }) {
      const now = yield* Clock.currentTimeMillis
      const override = payload.override ?? OverrideId.make(uuid7(now))
      const placed = yield* ask(SetOverride, { ...payload, override, by: byOf(yield* CurrentKey) })
      return { ...placed, override }
    }),
    remove: Effect.fnUntraced(function* ({ params: { override } }) {
      return yield* ask(RemoveOverride, { override, by: byOf(yield* CurrentKey) })
    })
  })
)
