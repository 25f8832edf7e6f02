/** Results of scans, each for itself. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { LinkId } from "../ids.ts"
import { Level } from "../level.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { pageOf, paging } from "./lists.ts"
import { Behind, Unavailable } from "./problems.ts"
import { Scan } from "./verdicts.ts"

/** A result in the order of the log. */
export const ListedScan = Schema.Struct({ cursor: Schema.Int, ...Scan.fields })

const source = Schema.NonEmptyString.pipe(
  Schema.check(Schema.isMaxLength(200)),
  Schema.annotate({
    description:
      "Only results that lack a source, by its name in `missing`: it failed, was not asked, or is not set up."
  })
)

const list = HttpApiEndpoint.get("list", "/v1/scans", {
  query: {
    link: Schema.optionalKey(LinkId),
    level: Schema.optionalKey(Level),
    missing: Schema.optionalKey(source),
    ...paging
  },
  success: pageOf(ListedScan),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

export const scans = HttpApiGroup.make("scans").add(list).middleware(Authorization)
