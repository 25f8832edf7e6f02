/** Links: what each is held to be, and everything that is known of one. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { api } from "../../../contracts/http/api.ts"
import type { Weighing } from "../../../contracts/http/links.ts"
import { NotFound } from "../../../contracts/http/problems.ts"
import type { WeighedEvidence } from "../../../contracts/scan.ts"
import { nowOrThen } from "../as-of.ts"
import { mayReadWords } from "../authorize.ts"
import { wordless } from "../words.ts"
import { modelsAfter, page, shown } from "./answering.ts"

/** A scan as far as its weighing goes. */
export interface WeighedScan {
  readonly ruleSet: string
  readonly reasons: ReadonlyArray<WeighedEvidence>
}

/** How the rule set of a scan came to its score; null where the rule set is not known any more. */
export type WeighingOf = (scan: WeighedScan) => Weighing | null

export const links = (weighingOf: WeighingOf) =>
  HttpApiBuilder.group(api, "links", (handlers) =>
    handlers.handleAll({
      list: Effect.fnUntraced(function* ({ query }) {
        const models = yield* modelsAfter(query.after)
        const { level } = query
        return yield* shown(
          page(query, (place) => models.links.list({ ...place, level })),
          wordless.link
        )
      }),
      explanation: Effect.fnUntraced(function* ({ params: { link }, query }) {
        const models = yield* modelsAfter(query.after)
        const rows = models.explanation(link, yield* nowOrThen)
        if (rows === undefined)
          return yield* new NotFound({ detail: `No message with the link ${link} is known.` })
        const found = {
          ...rows,
          scans: rows.scans.map((scan) => ({ ...scan, weighing: weighingOf(scan) }))
        }
        return (yield* mayReadWords) ? found : wordless.explanation(found)
      })
    })
  )
