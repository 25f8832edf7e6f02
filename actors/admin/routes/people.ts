/** People, under their pseudonyms. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { api } from "../../../contracts/http/api.ts"
import { wordless } from "../words.ts"
import { modelsAfter, page, shown } from "./answering.ts"

export const people = HttpApiBuilder.group(api, "people", (handlers) =>
  handlers.handleAll({
    list: Effect.fnUntraced(function* ({ query }) {
      const models = yield* modelsAfter(query.after)
      const { adminOf, memberOf, optedOutOf } = query
      return yield* shown(
        page(query, (place) => models.people.list({ ...place, adminOf, memberOf, optedOutOf })),
        wordless.person
      )
    })
  })
)
