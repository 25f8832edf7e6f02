/** From an actor's answer, or a read model's, to an answer of the API. */
import { Effect } from "effect"
import type { CommandType, Refused } from "../../../contracts/command.ts"
import { CurrentKey } from "../../../contracts/http/access.ts"
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
import { EventLog } from "../../../infra/event-log/event-log.ts"
import type { Page } from "../../../projections/paging.ts"
import type { Entity } from "../../../projections/past/entity.ts"
import { ReadModels } from "../../../projections/reader.ts"
import { askedMoment, modelsAt } from "../as-of.ts"
import { byOf, mayReadWords } from "../authorize.ts"
import { noteAsked } from "../note-asked.ts"

/** How long a reader may wait for the read models to hold what it wrote. */
const afterSecondsMax = 5
/** What was just written is there by then; only for what is not, the log is asked where it ends. */
const soonMillis = 100

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

/** The same of a command whose facts do not say who asked for it: that is noted first. */
export const askNoted = Effect.fnUntraced(function* <C extends CommandType>(
  command: C,
  payload: C["payload"]["Type"],
  subject?: string
) {
  const by = byOf(yield* CurrentKey)
  yield* noteAsked(command, by, subject).pipe(
    Effect.mapError((error) => new Unavailable({ detail: error.message }))
  )
  return yield* ask(command, payload)
})

/** The same, under the name that whoever asks has given the request: asked again it is the same request. */
export const askAs = <C extends CommandType>(
  request: string | undefined,
  command: C,
  payload: C["payload"]["Type"]
) => CommandBus.use((bus) => bus.request(command, payload, request)).pipe(Effect.mapError(problemOf))

const behind = (sequence: number) =>
  new Behind({
    sequence,
    detail: `The read models do not hold sequence ${sequence} after ${afterSecondsMax} seconds.`
  })

/** Nobody was ever told a sequence that the log does not have, unless by another log: waiting for it helps nobody. */
const beyondTheEnd = Effect.fnUntraced(function* (sequence: number) {
  const log = yield* EventLog
  const last = yield* log.last.pipe(Effect.mapError((error) => new Unavailable({ detail: error.message })))
  if (sequence > last)
    return yield* new InvalidRequest({
      field: "query.after",
      detail: `Expected a sequence of this log, which ends at ${last}, found ${sequence}.`
    })
})

/**
 * The read models, once they hold a sequence where one is asked for; or as they stood at the moment that the request
 * names. `about` is the one thing that is asked about, where it can be folded by itself.
 */
export const modelsAfter = Effect.fnUntraced(function* (sequence: number | undefined, about?: Entity) {
  const asOf = yield* askedMoment
  if (asOf !== undefined) return yield* modelsAt(asOf, about)
  const models = yield* ReadModels
  if (sequence === undefined) return models
  const wait = models.after(sequence)
  const patiently = wait.pipe(
    Effect.timeoutOrElse({ duration: `${afterSecondsMax} seconds`, orElse: () => behind(sequence) })
  )
  yield* wait.pipe(
    Effect.timeoutOrElse({
      duration: `${soonMillis} millis`,
      orElse: () => Effect.andThen(beyondTheEnd(sequence), patiently)
    })
  )
  return models
})

interface PageQuery {
  readonly limit?: number
  readonly cursor?: number
  readonly sort?: string
}

/** Where a page begins, and in which direction it goes. */
export const placeOf = ({ cursor, sort }: PageQuery) => ({ before: cursor, oldestFirst: sort === "oldest" })

/** One page of a list: a row more than wanted is read, to know whether there is another page. */
export const page = <Row extends { readonly cursor: number }>(
  query: PageQuery,
  list: (options: Page & { readonly limit: number }) => ReadonlyArray<Row>
) => {
  const limit = query.limit ?? limitDefault
  const rows = list({ limit: limit + 1, ...placeOf(query) })
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? items.at(-1)!.cursor : null }
}

/** A page with its words left out where the key may not read them. */
export const shown = <Row, Rest>(
  found: { readonly items: ReadonlyArray<Row>; readonly next: number | null },
  without: (row: Row) => Rest
) => Effect.map(mayReadWords, (may) => (may ? found : { ...found, items: found.items.map(without) }))
