/** What is allowed or denied. */
import { Clock, Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RemoveOverride, SetOverride } from "../../../contracts/commands.ts"
import { CurrentKey, wordsRole } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { limitDefault } from "../../../contracts/http/lists.ts"
import { Forbidden, InvalidRequest } from "../../../contracts/http/problems.ts"
import { OverrideId } from "../../../contracts/ids.ts"
import { byOf, mayReadWords } from "../authorize.ts"
import { exportOverrideList, importOverrideList } from "../override-lists.ts"
import { uuid7 } from "../uuid7.ts"
import { wordless } from "../words.ts"
import { ask, modelsAfter, page, placeOf, problemOf, shown } from "./answering.ts"

/** Whoever may not read words may not find out by searching what they are. */
const mustReadWords = Effect.gen(function* () {
  if (yield* mayReadWords) return
  const { role } = yield* CurrentKey
  return yield* new Forbidden({
    needs: wordsRole,
    has: role,
    detail: `Searching needs a key of role ${wordsRole}.`
  })
})

export const overrides = HttpApiBuilder.group(api, "overrides", (handlers) =>
  handlers.handleAll({
    list: Effect.fnUntraced(function* ({ query }) {
      const models = yield* modelsAfter(query.after)
      const { chat, limit = limitDefault, status, text } = query
      if (text !== undefined) {
        yield* mustReadWords
        return models.overrides.search({ chat, status, text, limit, ...placeOf(query) })
      }
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
    import: Effect.fnUntraced(function* ({ payload: { format, text } }) {
      return yield* importOverrideList(format, text, byOf(yield* CurrentKey)).pipe(
        Effect.mapError((error) =>
          error._tag === "ListRefused" ? new InvalidRequest({ detail: error.message }) : problemOf(error)
        )
      )
    }),
    export: Effect.fnUntraced(function* ({ query: { after, format = "csv" } }) {
      return { format, text: exportOverrideList(yield* modelsAfter(after), format) }
    }),
    remove: Effect.fnUntraced(function* ({ params: { override } }) {
      return yield* ask(RemoveOverride, { override, by: byOf(yield* CurrentKey) })
    })
  })
)
