/**
 * Checking what a place holds: every segment against its digests and its neighbours, and, with an identity, every event
 * in it. Damage is named, with the events that it costs; what stands before the first of it can be restored.
 */
import { Effect, Option } from "effect"
import type { Place, PlaceFailed } from "../places/place.ts"
import { type Damaged, type DamagedPart, damaged, unframe } from "../segment/frame.ts"
import type { LogRecord } from "../segment/messages.ts"
import { type Identity, unseal } from "../segment/seal.ts"
import { checkFollows, type Origin, openSegment, type Segment, type Tail } from "../segment/segment.ts"
import { parseSegmentKey, segmentKey, storeKey, type StoreName, storeNames } from "../ship/keys.ts"
import { StoreHeader } from "../ship/stores.ts"
import { segmentAt, segmentsHeld, tailOf } from "../ship/tail.ts"

/** Something that is not as it was stored. */
export interface Damage {
  readonly key: string
  readonly part: DamagedPart | "missing"
  readonly message: string
  /** The events that it concerns; `to` is null where nothing tells how far they went. */
  readonly from: number
  readonly to: number | null
}

export interface StoreReport {
  readonly store: StoreName
  /** Null where the place holds none. */
  readonly bytes: number | null
  readonly damage: string | null
}

/** What a place holds of one life of one log. */
export interface LogReport extends Origin {
  readonly segments: number
  readonly bytes: number
  /** The last event of it that can be restored: everything up to there is whole. */
  readonly soundUpTo: number
  /** The last event that it holds anything of. */
  readonly upTo: number
  readonly damages: ReadonlyArray<Damage>
  /** Whether every event was opened, and not only what is around it was checked. */
  readonly opened: boolean
  readonly stores: ReadonlyArray<StoreReport>
}

/** Whose logs, and which lives of them, a place holds. */
export const originsAt = Effect.fn("originsAt")(function* (place: Place) {
  const origins = new Map<string, Origin>()
  for (const { key } of yield* place.list("")) {
    const found = parseSegmentKey(key)
    if (found === undefined) continue
    const { account, generation } = found
    origins.set(`${account}/${generation}`, { account, generation })
  }
  return [...origins.values()]
})

/** What of the stores is not as it should be. Accounts and a session need not be there. */
export const storeProblems = (stores: ReadonlyArray<StoreReport>): ReadonlyArray<string> =>
  stores.flatMap(({ bytes, damage, store }) => {
    if (damage !== null) return [`${store}: ${damage}`]
    return store === "keyring" && bytes === null ? ["keyring: expected one, found none"] : []
  })

/** Checks what a place holds of one store. */
export const checkStore = Effect.fnUntraced(function* (
  place: Place,
  account: string,
  store: StoreName,
  identity: Identity | undefined
) {
  const bytes = yield* place.get(storeKey(account, store))
  if (bytes === undefined) return { store, bytes: null, damage: null } satisfies StoreReport
  const check = async () => {
    const { body, header } = unframe(bytes, StoreHeader)
    if (header.store !== store || header.account !== account)
      throw damaged("place", `the ${store} of ${account}`, `the ${header.store} of ${header.account}`)
    if (identity !== undefined) await unseal(body, identity, header.content.bytes)
  }
  const damage = yield* Effect.promise(() =>
    check().then(
      () => null,
      (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))
    )
  )
  return { store, bytes: bytes.length, damage } satisfies StoreReport
})

interface Step {
  readonly segment: Segment | undefined
  readonly damages: ReadonlyArray<Damage>
  /** The events in it, where they were opened. */
  readonly events: ReadonlyArray<LogRecord>
  /** It lies within the one before: joining segments was interrupted before it was deleted. */
  readonly leftOver?: true
}

/** Reads one segment, opens it where that is possible, and holds it against the one before, where that one is whole. */
const checkSegment = Effect.fnUntraced(function* (
  place: Place,
  origin: Origin,
  first: number,
  next: number | undefined,
  previous: Tail | null | undefined,
  identity: Identity | undefined
) {
  const key = segmentKey(origin, first)
  const here = (error: Damaged): Damage => ({
    key,
    part: error.part,
    message: error.message,
    from: first,
    to: next === undefined ? null : next - 1
  })
  const read = Effect.gen(function* () {
    const segment = yield* segmentAt(place, origin, first)
    if (segment === undefined) return yield* damaged("beginning", "a segment", "nothing")
    const events = identity === undefined ? [] : yield* openSegment(segment, identity)
    return { segment, events, damages: [] } satisfies Step
  })
  const segment: Step = yield* Effect.catchTag(read, "Damaged", (error) =>
    Effect.succeed({ segment: undefined, events: [], damages: [here(error)] })
  )
  if (segment.segment === undefined || previous === undefined) return segment
  if (previous !== null && segment.segment.header.last <= previous.last)
    return { ...segment, leftOver: true as const }
  const wanted = (previous?.last ?? 0) + 1
  if (first > wanted) {
    const missing = segmentKey(origin, wanted)
    const message = `expected events from ${wanted} on, found nothing before ${first}`
    const gap: Damage = { key: missing, part: "missing", message, from: wanted, to: first - 1 }
    return { ...segment, damages: [gap] }
  }
  const wrong = yield* Effect.option(Effect.flip(checkFollows(segment.segment, origin, previous)))
  return { ...segment, damages: Option.match(wrong, { onNone: () => [], onSome: (error) => [here(error)] }) }
})

export interface Listening<E = never> {
  /** Is told how many segments are done, of how many. */
  readonly onProgress?: (done: number, of: number) => Effect.Effect<void>
  /** Is given the events that can be restored, in order, where there is an identity. */
  readonly onEvents?: (events: ReadonlyArray<LogRecord>) => Effect.Effect<void, E>
}

/** Checks one log of a place from its first event to its last. */
export const verifyLog = Effect.fn("verifyLog")(function* <E = never>(
  place: Place,
  origin: Origin,
  identity: Identity | undefined,
  { onEvents, onProgress }: Listening<E> = {}
): Effect.fn.Return<LogReport, PlaceFailed | E> {
  const firsts = yield* segmentsHeld(place, origin)
  const damages: Array<Damage> = []
  let previous: Tail | null | undefined = null
  let soundUpTo = 0
  let upTo = 0
  let bytes = 0
  for (const [index, first] of firsts.entries()) {
    const step: Step = yield* checkSegment(place, origin, first, firsts[index + 1], previous, identity)
    if (step.leftOver !== true) {
      damages.push(...step.damages)
      previous = step.segment === undefined ? undefined : tailOf(step.segment)
      upTo = previous?.last ?? Math.max(upTo, first)
      bytes += step.segment?.body.length ?? 0
      if (damages.length === 0) {
        soundUpTo = upTo
        if (onEvents !== undefined) yield* onEvents(step.events)
      }
    }
    if (onProgress !== undefined) yield* onProgress(index + 1, firsts.length)
  }
  const stores = yield* Effect.forEach(storeNames, (store) =>
    checkStore(place, origin.account, store, identity)
  )
  return {
    ...origin,
    segments: firsts.length,
    bytes,
    soundUpTo,
    upTo,
    damages,
    opened: identity !== undefined,
    stores
  }
})

/** Whether all of it can be restored. */
export const isSound = ({ damages, stores }: LogReport): boolean =>
  damages.length === 0 && stores.every(({ damage }) => damage === null)
