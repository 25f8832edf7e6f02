/** Consent, and what members report. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import {
  ConsentChat,
  OptOutPerson,
  RequireConsent,
  SettleReport
} from "../../../contracts/moderation-commands.ts"
import { ReadModels } from "../../../projections/reader.ts"
import { byOf } from "../authorize.ts"
import { ask, modelsAfter, page } from "./answering.ts"
import { existing } from "./chats.ts"

export const moderation = HttpApiBuilder.group(api, "moderation", (handlers) =>
  handlers.handleAll({
    reports: Effect.fnUntraced(function* ({ query }) {
      const models = yield* modelsAfter(query.after)
      return page(query, (options) => models.reports.list({ ...options, status: query.status }))
    }),
    settle: Effect.fnUntraced(function* ({ params, payload }) {
      return yield* ask(SettleReport, { ...params, ...payload, by: byOf(yield* CurrentKey) })
    }),
    allConsent: Effect.fnUntraced(function* ({ query }) {
      const { consent } = yield* modelsAfter(query.after)
      const { items, next } = page(query, (place) => consent.list(place))
      const said = items.map(({ cursor: _cursor, ...row }) => ({ ...row, isRead: row.given }))
      return { required: consent.isRequired(), items: said, next }
    }),
    chatConsent: Effect.fnUntraced(function* ({ params: { chat }, query }) {
      const models = yield* modelsAfter(query.after)
      yield* existing(models, chat)
      const required = models.consent.isRequired()
      const said = models.consent.of(chat)
      return {
        required,
        chat,
        isRead: said?.given ?? !required,
        given: said?.given ?? null,
        by: said?.by ?? null,
        since: said?.since ?? null,
        optOuts: models.consent.optOuts(chat)
      }
    }),
    requireConsent: Effect.fnUntraced(function* ({ payload }) {
      return yield* ask(RequireConsent, { ...payload, by: byOf(yield* CurrentKey) })
    }),
    consent: Effect.fnUntraced(function* ({ params, payload }) {
      yield* existing(yield* ReadModels, params.chat)
      return yield* ask(ConsentChat, { ...params, ...payload, by: byOf(yield* CurrentKey) })
    }),
    optOut: Effect.fnUntraced(function* ({ params, payload }) {
      yield* existing(yield* ReadModels, params.chat)
      return yield* ask(OptOutPerson, { ...params, ...payload, by: byOf(yield* CurrentKey) })
    })
  })
)
