/** What is to be said, and saying something. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { CancelMessage, SendMessage } from "../../../contracts/commands.ts"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { byOf } from "../authorize.ts"
import { wordless } from "../words.ts"
import { ask, askNoted, modelsAfter, page, shown } from "./answering.ts"

export const outbox = HttpApiBuilder.group(api, "outbox", (handlers) =>
  handlers.handleAll({
    list: Effect.fnUntraced(function* ({ query }) {
      const models = yield* modelsAfter(query.after)
      const { chat, status } = query
      return yield* shown(
        page(query, (options) => models.outbox.list({ ...options, chat, status })),
        wordless.outbox
      )
    }),
    cancel: Effect.fnUntraced(function* ({ params: { id } }) {
      return yield* ask(CancelMessage, { outbox: id, by: byOf(yield* CurrentKey) })
    }),
    send: Effect.fnUntraced(function* ({ payload }) {
      return yield* askNoted(SendMessage, { ...payload, by: byOf(yield* CurrentKey) }, payload.chat)
    })
  })
)
