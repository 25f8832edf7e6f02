/**
 * Shipping the log to one place, for as long as the actor holds its lease: find how far the place has come, read on
 * from there, and store what comes, an event alone at once, many together once in an interval.
 */
import { Effect, type Scope } from "effect"
import type { PlaceState } from "../../../contracts/backup.ts"
import { parseEventSubject } from "../../../contracts/subjects.ts"
import type { DamagedLog, EventLogService, LogUnavailable } from "../../../infra/event-log/event-log.ts"
import type { RawLogService, RawMessage } from "../../../infra/event-log/raw-log.ts"
import type { SqliteUnavailable } from "../../../infra/sqlite/open.ts"
import type { Place, PlaceFailed } from "../places/place.ts"
import { contentOf, type Origin, type Tail } from "../segment/segment.ts"
import { elapsedMillis } from "./elapsed.ts"
import { objectsOf } from "./keys.ts"
import type { PlaceStatus } from "./status.ts"
import { openStores, type StoreOptions } from "./stores.ts"
import { storeSegment, type Stored } from "./store-segment.ts"
import { type Aside, blocked, findEnd, type PlaceBlocked, tailOf, twoWriters } from "./tail.ts"
import { makeWaiting, type Waiting } from "./waiting.ts"

/** The first and the longest wait before a place is asked again that did not do what it was asked. */
const retryFirstMillis = 500
const retryLongestMillis = 60_000

export interface Shipping<E> {
  readonly place: Place
  readonly everyMillis: number
  readonly origin: Origin
  readonly stores: StoreOptions
  readonly log: Pick<EventLogService, "get" | "last">
  readonly raw: RawLogService
  readonly status: PlaceStatus
  /** The segment that is known to be at the place, by its first event, and the event that it ends with. */
  readonly known: { readonly first: number; readonly last: number } | undefined
  /** Is told of every segment that is stored. */
  readonly onStored: (stored: Stored, messages: ReadonlyArray<RawMessage>) => Effect.Effect<void, E>
  /** Is told when the place changes between doing what it is asked and not. */
  readonly onState: (
    state: "shipping" | "failing" | "blocked",
    reason: string | null
  ) => Effect.Effect<void, E>
}

type Trouble = PlaceFailed | PlaceBlocked
/** What ends the actor, which is then started again: it is not the place that does not do what it should. */
type Fatal = LogUnavailable | DamagedLog | SqliteUnavailable

/** What the log holds where the place's last segment is. */
const sameInLog = Effect.fnUntraced(function* (raw: RawLogService, first: number, last: number) {
  const reader = yield* raw.readFrom(first)
  const messages: Array<RawMessage> = []
  while (messages.length <= last - first) messages.push(...(yield* reader.next))
  return contentOf(messages.slice(0, last - first + 1)).sha256
}, Effect.scoped)

/** What was moved aside is stored again by shipping on; but somebody has to know. */
const sayAside = Effect.fnUntraced(function* (
  place: Place,
  status: PlaceStatus,
  { first, key, reason }: Aside
) {
  status.lost = `expected ${place.shown} to hold events from ${first} on, found them damaged (${reason}); what was found there is at ${key} now, and the events are stored again`
  yield* Effect.logError("a segment of a backup was damaged", { place: place.name, lost: status.lost })
})

/** How far a place has come. It is refused where it does not end with what the log holds there. */
const findTail = Effect.fnUntraced(function* <E>({ known, log, origin, place, raw, status }: Shipping<E>) {
  const end = yield* log.last
  const { aside, segment } = yield* findEnd(place, origin, end, known?.first)
  yield* Effect.forEach(aside, (it) => sayAside(place, status, it), { discard: true })
  if (segment === undefined) return null
  const { content, first, last } = segment.header
  if (last > end)
    return yield* blocked(place, `events up to ${last}, while the log ends at ${end}`, twoWriters)
  if ((yield* sameInLog(raw, first, last)) !== content.sha256)
    return yield* blocked(place, `other events from ${first} to ${last}`, twoWriters)
  return tailOf(segment)
})

/** Tries until it is done; meanwhile the place is seen to fail, or to be blocked. */
const persistently = Effect.fnUntraced(function* <A, R, E>(
  { onState, status }: Shipping<E>,
  attempt: Effect.Effect<A, Trouble | Fatal, R>
) {
  const tell = Effect.fnUntraced(function* (state: PlaceState, reason: string | null) {
    const changed = status.state !== state
    status.state = state
    status.reason = reason
    if (changed) yield* onState(state, reason)
  })
  for (let wait = retryFirstMillis; ; wait = Math.min(wait * 2, retryLongestMillis)) {
    const outcome = yield* Effect.result(attempt)
    if (outcome._tag === "Success") {
      yield* tell("shipping", null)
      return outcome.success
    }
    const error = outcome.failure
    if (error._tag !== "PlaceBlocked" && error._tag !== "PlaceFailed") return yield* Effect.fail(error)
    yield* tell(error._tag === "PlaceBlocked" ? "blocked" : "failing", error.message)
    yield* Effect.sleep(wait)
  }
})

const tellsOfErasure = (messages: ReadonlyArray<RawMessage>): boolean =>
  messages.some(({ subject }) => parseEventSubject(subject)?.context === "erasure")

/** Stores what waits, again and again. */
const storeAll = Effect.fnUntraced(function* <E>(shipping: Shipping<E>, waiting: Waiting, from: Tail | null) {
  const { everyMillis, onStored, origin, place, status, stores } = shipping
  const open = yield* openStores(place, stores)
  const prepare = (forgets: boolean) => (isFree: Effect.Effect<boolean, PlaceFailed>) =>
    Effect.gen(function* () {
      if (status.recheckStores) open.recheck()
      status.recheckStores = false
      if ((yield* open.changed(forgets)) && (yield* isFree)) yield* open.copy(forgets)
    })
  let tail = from
  let began = Number.NEGATIVE_INFINITY
  while (true) {
    yield* waiting.something
    const wait = began + everyMillis - (yield* elapsedMillis)
    if (wait > 0 && !waiting.isFull()) yield* Effect.sleep(wait)
    began = yield* elapsedMillis
    const messages = waiting.peek()
    const stored = yield* persistently(
      shipping,
      storeSegment(place, origin, tail, messages, stores.recipients, prepare(tellsOfErasure(messages)))
    )
    // It disappeared between two looks: the next one finds out.
    if (stored === undefined) continue
    tail = stored.tail
    waiting.drop(stored.count)
    status.upTo = tail.last
    status.tail = tail
    status.segments += 1
    status.bytes += stored.bytes
    yield* onStored(stored, messages.slice(0, stored.count))
  }
})

/** While a place cannot say how far it has come, what it lacks is counted from what is known of it. */
const assume = Effect.fnUntraced(function* <E>({ known, log, status }: Shipping<E>) {
  const event = yield* log.get((known?.last ?? 0) + 1)
  const since = event === undefined || event.type === "unreadable" ? null : event.time
  status.unshippedSince = () => since
})

/** What was there and is not is stored again by shipping on; but somebody has to know. */
const sayLost = Effect.fnUntraced(function* <E>({ known, place, status }: Shipping<E>, upTo: number) {
  // Of what was damaged there it was said already.
  if (known === undefined || known.last <= upTo || status.lost !== null) return
  status.lost = `expected ${place.shown} to hold events up to ${known.last}, found them up to ${upTo}; the rest is stored again`
  yield* Effect.logError("a place for backups lost what it held", { place: place.name, lost: status.lost })
})

/** Ships until the scope closes. Ends only with the log. */
export const shipTo = Effect.fn("shipTo")(function* <E>(
  shipping: Shipping<E>
): Effect.fn.Return<never, Fatal | E, Scope.Scope> {
  const { place, raw, status } = shipping
  const tail = yield* persistently(
    shipping,
    Effect.gen(function* () {
      yield* assume(shipping)
      yield* place.discardUnfinished?.(objectsOf(shipping.origin)) ?? Effect.void
      status.fenced = yield* place.fenced
      return yield* findTail(shipping)
    })
  )
  const waiting = makeWaiting()
  status.unshippedSince = () => waiting.since() ?? null
  status.upTo = tail?.last ?? 0
  status.tail = tail
  yield* sayLost(shipping, status.upTo)
  const reader = yield* raw.readFrom((tail?.last ?? 0) + 1)
  return yield* Effect.raceFirst(waiting.fill(reader), storeAll(shipping, waiting, tail))
})
