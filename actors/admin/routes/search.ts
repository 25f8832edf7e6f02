/** Looking for words. */
import { Clock, Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { api } from "../../../contracts/http/api.ts"
import { limitDefault } from "../../../contracts/http/lists.ts"
import { InvalidRequest } from "../../../contracts/http/problems.ts"
import { SearchKind } from "../../../contracts/http/search.ts"
import type { ReadModelsService } from "../../../projections/reader.ts"
import { modelsAfter } from "./answering.ts"

/** How long a request waits for the index to be made; after that it is answered from what is read by then. */
const waitMillis = 2_000
/** The index is dropped when nobody has searched for so long: it holds words, and memory. */
const keptMinutes = 10

const isKind = (text: string): text is SearchKind => SearchKind.literals.some((kind) => kind === text)

const kindsIn = Effect.fnUntraced(function* (text: string | undefined) {
  const kinds = text === undefined ? SearchKind.literals : text.split(",").map((kind) => kind.trim())
  const unknown = kinds.find((kind) => !isKind(kind))
  if (unknown === undefined) return kinds.filter(isKind)
  return yield* new InvalidRequest({
    field: "query.kinds",
    detail: `Expected kinds among ${SearchKind.literals.join(", ")}, found ${unknown.slice(0, 40)}.`
  })
})

/** Reads on until everything is in the index, or for as long as a request waits. Others are answered in between. */
const readOn = Effect.fnUntraced(function* ({ search }: ReadModelsService) {
  const until = (yield* Clock.currentTimeMillis) + waitMillis
  while (!search.step()) {
    if ((yield* Clock.currentTimeMillis) > until) return false
    yield* Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))
  }
  return true
})

export const search = HttpApiBuilder.group(
  api,
  "search",
  Effect.fnUntraced(function* (handlers) {
    const scope = yield* Effect.scope
    let searchedLast = 0
    let isWatched = false
    /** Drops the index once nobody has searched for a while. */
    const dropLater = Effect.fnUntraced(function* ({ search }: ReadModelsService) {
      for (let seen = 0; seen !== searchedLast;) {
        seen = searchedLast
        yield* Effect.sleep(`${keptMinutes} minutes`)
      }
      search.drop()
      isWatched = false
    })
    return handlers.handleAll({
      get: Effect.fnUntraced(function* ({ query }) {
        const { cursor: skip = 0, limit = limitDefault, q: text } = query
        const kinds = yield* kindsIn(query.kinds)
        const models = yield* modelsAfter(query.after)
        const complete = yield* readOn(models)
        searchedLast++
        if (!isWatched) {
          isWatched = true
          yield* Effect.forkIn(dropLater(models), scope)
        }
        const found = models.search.find({ text, kinds, limit: limit + 1, skip })
        return {
          hits: found.slice(0, limit),
          next: found.length > limit ? skip + limit : null,
          complete,
          linksSince: models.search.searchedSince()
        }
      })
    })
  })
)
