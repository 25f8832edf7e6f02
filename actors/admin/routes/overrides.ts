/** What is allowed or denied. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RemoveOverride, SetOverride } from "../../../contracts/commands.ts"
import { CurrentKey, wordsRole } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { limitDefault } from "../../../contracts/http/lists.ts"
import { Forbidden, InvalidRequest } from "../../../contracts/http/problems.ts"
import { OverrideId } from "../../../contracts/ids.ts"
import { ReadModels } from "../../../projections/reader.ts"
import type { Accounts } from "../accounts.ts"
import { byOf, mayReadWords } from "../authorize.ts"
import { answeredOnce, idMadeBy, namedRequest } from "../named-request.ts"
import { exportOverrideList, importOverrideList } from "../override-lists.ts"
import { wordless } from "../words.ts"
import { existing } from "./chats.ts"
import { ask, askAs, modelsAfter, page, placeOf, problemOf, shown } from "./answering.ts"

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

export const overrides = (accounts: Accounts) =>
  HttpApiBuilder.group(api, "overrides", (handlers) =>
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
      set: Effect.fnUntraced(function* ({ headers, payload }) {
        if (payload.chat !== undefined) yield* existing(yield* ReadModels, payload.chat)
        const named = yield* namedRequest(accounts, "overrides.set", headers, payload)
        const override = payload.override ?? OverrideId.make(yield* idMadeBy(named))
        const wanted = { ...payload, override, by: byOf(yield* CurrentKey) }
        const set = Effect.map(askAs(named?.request, SetOverride, wanted), (placed) => ({
          ...placed,
          override
        }))
        return yield* answeredOnce(accounts, named, set)
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
