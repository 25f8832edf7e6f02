/** Chats, and whether Wadjet may speak there. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { MuteChat, SetChat, UnmuteChat } from "../../../contracts/commands.ts"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import type { Chat, Message } from "../../../contracts/http/chats.ts"
import { NotFound } from "../../../contracts/http/problems.ts"
import type { ChatId } from "../../../contracts/ids.ts"
import { ReadModels, type ReadModelsService } from "../../../projections/reader.ts"
import { byOf } from "../authorize.ts"
import { wordless } from "../words.ts"
import { ask, modelsAfter, page } from "./answering.ts"
import { readyPage } from "./ready-page.ts"

/** A mistyped id must not be taken for a chat in which nothing was said yet. */
export const existing = (models: ReadModelsService, chat: ChatId) =>
  models.chats.get(chat) === undefined ? new NotFound({ detail: `There is no chat ${chat}.` }) : Effect.void

export const chats = HttpApiBuilder.group(api, "chats", (handlers) =>
  handlers.handleAll({
    list: Effect.fnUntraced(function* ({ query }) {
      const models = yield* modelsAfter(query.after)
      const { gateway, sort = "recent" } = query
      const recentFirst = sort === "recent"
      return yield* readyPage<typeof Chat>(
        page(query, (place) => models.chats.list({ ...place, gateway, recentFirst })),
        wordless.chat
      )
    }),
    messages: Effect.fnUntraced(function* ({ params: { chat }, query }) {
      const models = yield* modelsAfter(query.after)
      yield* existing(models, chat)
      return yield* readyPage<typeof Message>(
        page(query, (options) => models.messages.list(chat, options)),
        wordless.message
      )
    }),
    mute: Effect.fnUntraced(function* ({ params: { chat }, payload: { until } }) {
      yield* existing(yield* ReadModels, chat)
      return yield* ask(MuteChat, { chat, until, by: byOf(yield* CurrentKey) })
    }),
    unmute: Effect.fnUntraced(function* ({ params: { chat } }) {
      yield* existing(yield* ReadModels, chat)
      return yield* ask(UnmuteChat, { chat, by: byOf(yield* CurrentKey) })
    }),
    settings: Effect.fnUntraced(function* ({ params: { chat }, query }) {
      const models = yield* modelsAfter(query.after)
      yield* existing(models, chat)
      return { settings: models.chats.settings(chat) }
    }),
    changeSettings: Effect.fnUntraced(function* ({ params: { chat }, payload: { change } }) {
      yield* existing(yield* ReadModels, chat)
      return yield* ask(SetChat, { chat, change, by: byOf(yield* CurrentKey) })
    }),
    allSettings: Effect.fnUntraced(function* ({ query }) {
      return { settings: (yield* modelsAfter(query.after)).chats.settings(undefined) }
    }),
    changeAllSettings: Effect.fnUntraced(function* ({ payload: { change } }) {
      return yield* ask(SetChat, { change, by: byOf(yield* CurrentKey) })
    })
  })
)
