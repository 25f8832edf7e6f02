/** What links are held to be, and why. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { api } from "../../../contracts/http/api.ts"
import type { Verdict } from "../../../contracts/http/verdicts.ts"
import { NotFound } from "../../../contracts/http/problems.ts"
import { entity } from "../../../projections/past/entity.ts"
import { mayReadWords } from "../authorize.ts"
import { wordless } from "../words.ts"
import { modelsAfter, page } from "./answering.ts"
import { readyPage } from "./ready-page.ts"

export const verdicts = HttpApiBuilder.group(api, "verdicts", (handlers) =>
  handlers.handleAll({
    list: Effect.fnUntraced(function* ({ query }) {
      const models = yield* modelsAfter(query.after)
      const { chat, level, status } = query
      return yield* readyPage<typeof Verdict>(
        page(query, (options) => models.verdicts.list({ ...options, chat, level, status })),
        wordless.verdict
      )
    }),
    explain: Effect.fnUntraced(function* ({ params: { link }, query }) {
      const models = yield* modelsAfter(query.after, entity.link(link))
      const scans = models.explain(link)
      if (scans.length === 0) return yield* new NotFound({ detail: `The link ${link} was never scanned.` })
      return { link, scans: (yield* mayReadWords) ? scans : scans.map(wordless.scan) }
    })
  })
)
