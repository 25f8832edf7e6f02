/**
 * Pages of the lists that are asked for most, without the encoder of their schema: it takes longer than finding the rows,
 * and changes nothing about them. That it would change nothing is held by the types here and, row by row, by a test.
 */
import { Effect, type Schema } from "effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { mayReadWords } from "../authorize.ts"

/** A schema whose values are sent as they are. */
type Plain = Schema.Top & { readonly Type: unknown; readonly Encoded: unknown }

interface Found<Row> {
  readonly items: ReadonlyArray<Row>
  readonly next: number | null
}

/**
 * Answers with a page, its words left out where the key may not read them. Whatever is in a row is sent: a row has the
 * fields of its schema and no more.
 *
 * @example return yield* readyPage<typeof Verdict>(page(query, list), wordless.verdict)
 */
export const readyPage = <S extends Plain>(
  found: Found<S["Type"] & S["Encoded"]>,
  without: (row: S["Type"]) => S["Encoded"]
) =>
  Effect.map(mayReadWords, (may) =>
    HttpServerResponse.jsonUnsafe(may ? found : { ...found, items: found.items.map(without) })
  )
