/** What is asked about links, and how well they are judged by it. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { api } from "../../../contracts/http/api.ts"
import { modelsAfter } from "./answering.ts"

export const sources = HttpApiBuilder.group(api, "sources", (handlers) =>
  handlers.handleAll({
    list: Effect.fnUntraced(function* ({ query }) {
      return { items: (yield* modelsAfter(query.after)).origins() }
    }),
    quality: Effect.fnUntraced(function* ({ query }) {
      return (yield* modelsAfter(query.after)).quality()
    })
  })
)
