/** Looking for words in links, reasons, chats, contacts and jobs. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { EpochMillis } from "../ids.ts"
import { Authorization, NeedsRole, wordsRole } from "./access.ts"
import { after, paging } from "./lists.ts"
import { Behind, InvalidRequest, Unavailable } from "./problems.ts"

const { Int, NullOr } = Schema

export const searchCharactersMax = 200

export const SearchKind = Schema.Literals(["link", "reason", "chat", "contact", "job"])
export type SearchKind = typeof SearchKind.Type

/** `id` is of the link (also for a reason), the chat, the contact or the job. `mark` counts UTF-16 code units of `text`. */
export const SearchHit = Schema.Struct({
  kind: SearchKind,
  id: Schema.String,
  text: Schema.String,
  mark: NullOr(Schema.Struct({ start: Int, end: Int }))
})

const get = HttpApiEndpoint.get("get", "/v1/search", {
  query: {
    q: Schema.NonEmptyString.pipe(Schema.check(Schema.isMaxLength(searchCharactersMax))).annotate({
      description:
        "Words that all have to be there, or beginnings of words; what is in double quotes has to stand there so."
    }),
    kinds: Schema.optionalKey(
      Schema.String.annotate({
        description: "`link`, `reason`, `chat`, `contact` and `job`, separated by commas; all when absent."
      })
    ),
    limit: paging.limit,
    cursor: paging.cursor,
    after: after.after
  },
  success: Schema.Struct({
    /** The best first. */
    hits: Schema.Array(SearchHit),
    next: NullOr(Int),
    /** False while not everything is read yet: ask again for the rest. What is older than `linksSince` is no part of it. */
    complete: Schema.Boolean,
    /** Links and reasons are those of the newest 200,000 results of scans: from this time on, or all of them where it is null. */
    linksSince: NullOr(EpochMillis)
  }),
  error: [InvalidRequest, Behind, Unavailable]
}).annotate(NeedsRole, wordsRole)

export const search = HttpApiGroup.make("search").add(get).middleware(Authorization)
