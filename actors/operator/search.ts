/** `wadjet search`: looks for words in the read models of this machine, whether the system runs or not. */
import { Effect, Option } from "effect"
import { unclickable } from "../../contracts/link/unclickable.ts"
import { searchKinds, type SearchKind } from "../../projections/search/sources.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { openModels } from "./reach-models.ts"
import { printable } from "./words.ts"

export interface SearchInput {
  readonly words: string
  readonly kind: Option.Option<SearchKind>
  readonly limit: number
  readonly json: boolean
}

const kindColumns = 8
/** Enough of an id for every other command to know it by. */
const idCharacters = 12

/** What of links was passed over, so that nobody takes what was not looked at for what is not there. */
const passedOver = (since: number) =>
  `Links that were scanned before ${new Date(since).toISOString().slice(0, 16).replace("T", " ")} UTC were not searched: only the newest 200,000 results are.`

/** Prints what has all words, a line each. */
export const searchWords = Effect.fn("searchWords")(function* ({ json, kind, limit, words }: SearchInput) {
  const output = yield* Output
  const { queries } = yield* openModels(yield* Host.config)
  while (!queries.search.step());
  const kinds = Option.match(kind, { onNone: () => searchKinds, onSome: (one) => [one] })
  const hits = queries.search.find({ text: words, kinds, limit: Math.max(1, limit), skip: 0 })
  const linksSince = queries.search.searchedSince()
  if (json) return yield* output.json({ hits, complete: true, linksSince })
  if (linksSince !== null && kinds.some((one) => one === "link" || one === "reason"))
    yield* output.note(passedOver(linksSince))
  if (hits.length === 0) return yield* output.note("Nothing has these words.")
  return yield* Effect.forEach(
    hits,
    ({ id, kind: found, text }) =>
      output.line(
        `${found.padEnd(kindColumns)}${id.slice(0, idCharacters).padEnd(idCharacters + 2)}${printable(unclickable(text.replaceAll("\n", " · ")))}`
      ),
    { discard: true }
  )
}, Effect.scoped)
