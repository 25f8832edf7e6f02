/** Results of scans, each for itself. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { api } from "../../../contracts/http/api.ts"
import { wordless } from "../words.ts"
import { modelsAfter, page, shown } from "./answering.ts"

export const scans = HttpApiBuilder.group(api, "scans", (handlers) =>
  handlers.handleAll({
    list: Effect.fnUntraced(function* ({ query }) {
      const models = yield* modelsAfter(query.after)
      const { level, link, missing } = query
      return yield* shown(
        page(query, (place) => models.scans.list({ ...place, level, link, missing })),
        wordless.listedScan
      )
    })
  })
)
