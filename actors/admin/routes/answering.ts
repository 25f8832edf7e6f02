/** From an actor's answer, or a read model's, to an answer of the API. */
import { Effect } from "effect"
import type { CommandType, Refused } from "../../../contracts/command.ts"
import { limitDefault } from "../../../contracts/http/lists.ts"
import {
  Behind,
  Forgotten,
  Impossible,
  InvalidRequest,
  NotFound,
  TooLarge,
  Unavailable
} from "../../../contracts/http/problems.ts"
import { CommandBus, type Unanswered } from "../../../infra/command-bus/command-bus.ts"
import { ReadModels } from "../../../projections/reader.ts"
import { mayReadWords } from "../authorize.ts"

/** How long a reader may wait for the read models to hold what it wrote. */
const afterSecondsMax = 5

const problems = {
  invalid: (detail: string) => new InvalidRequest({ detail }),
  "not-found": (detail: string) => new NotFound({ detail }),
  "already-left": (detail: string) => new Impossible({ detail, reason: "already-left" }),
  "already-done": (detail: string) => new Impossible({ detail, reason: "already-done" }),
  changed: (detail: string) => new Impossible({ detail, reason: "changed" }),
  "not-the-owner": (detail: string) => new Impossible({ detail, reason: "not-the-owner" }),
  "too-large": (detail: string) => new TooLarge({ detail }),
  forgotten: (detail: string) => new Forgotten({ detail }),
  unavailable: (detail: string) => new Unavailable({ detail })
} as const satisfies Record<Refused["reason"], unknown>

/** The problem document of a request that had no answer, or was refused. */
export const problemOf = (error: Unanswered | Refused) =>
  error._tag === "Unanswered"
    ? new Unavailable({ detail: error.message })
    : problems[error.reason](error.message)

/** Asks the one actor that answers a command; its refusal becomes a problem document. */
export const ask = <C extends CommandType>(command: C, payload: C["payload"]["Type"]) =>
  CommandBus.use((bus) => bus.request(command, payload)).pipe(Effect.mapError(problemOf))

/** The same, under the name that whoever asks has given the request: asked again it is the same request. */
export const askAs = <C extends CommandType>(
  request: string | undefined,
  command: C,
  payload: C["payload"]["Type"]
) => CommandBus.use((bus) => bus.request(command, payload, request)).pipe(Effect.mapError(problemOf))

/** The read models, once they hold a sequence where one is asked for. */
export const modelsAfter = Effect.fnUntraced(function* (sequence: number | undefined) {
  const models = yield* ReadModels
  if (sequence !== undefined)
    yield* models.after(sequence).pipe(
      Effect.timeoutOrElse({
        duration: `${afterSecondsMax} seconds`,
        orElse: () =>
          new Behind({
            sequence,
            detail: `The read models do not hold sequence ${sequence} after ${afterSecondsMax} seconds.`
          })
      })
    )
  return models
})

interface PageQuery {
  readonly limit?: number
  readonly cursor?: number
}

/** One page of a list: a row more than wanted is read, to know whether there is another page. */
export const page = <Row extends { readonly cursor: number }>(
  query: PageQuery,
  list: (options: { readonly limit: number; readonly before?: number }) => ReadonlyArray<Row>
) => {
  const limit = query.limit ?? limitDefault
  const rows = list({ limit: limit + 1, ...(query.cursor === undefined ? {} : { before: query.cursor }) })
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? items.at(-1)!.cursor : null }
}

/** A page with its words left out where the key may not read them. */
export const shown = <Row, Rest>(
  found: { readonly items: ReadonlyArray<Row>; readonly next: number | null },
  without: (row: Row) => Rest
) => Effect.map(mayReadWords, (may) => (may ? found : { ...found, items: found.items.map(without) }))
