/**
 * Pacing: when an entry may leave. Token buckets, one per chat and one for all, a rest after each message, and few
 * first messages to people who never wrote. Warnings wait for none of it; they draw on the buckets, and others wait
 * longer for that.
 */
import type { ChatId, OutboxId } from "../../../contracts/ids.ts"
import type { StateReader } from "../../../infra/actor/state.ts"
import { type Bucket, filled, givenBack, type Rate, readyAt, taken } from "./bucket.ts"
import type { PacingLimits } from "./limits.ts"
import { type Beginnings, nextChange, shareAt } from "./share.ts"
import { beginningsOf, bucketFrom, dayAfter, everywhere, firstsWithinDay, isApproached } from "./spent.ts"

export interface Asking {
  readonly outbox: OutboxId
  readonly chat: ChatId
  /** A warning, or a step whose earlier one has left the chat without a notice. */
  readonly mayWait: boolean
  /** It would be the first message to somebody who never wrote. */
  readonly isFirst: boolean
  /** For how long it seems to be typed before. */
  readonly typingMillis: number
}

/** `undefined` when it may leave now. Otherwise the moment to ask again, by this entry or by the first of all. */
export type Answer =
  | { readonly later: number; readonly everywhere?: never; readonly typing?: number }
  | { readonly later: number; readonly everywhere: true; readonly typing?: never }
  | undefined

export interface Pacer {
  /** `lot` is drawn anew for each: a number from 0 up to 1. */
  readonly take: (state: StateReader, asking: Asking, now: number, lot: number) => Answer
  /** Gives back a turn that was taken and came to nothing. */
  readonly giveBack: (asking: Asking) => void
}

/** Chats whose buckets are remembered; those of others are read from the log's. */
const chatsRemembered = 10_000
/** A turn that was taken to type and is not used so long after is given back. */
const unusedMillis = 60_000
/** How soon to look again whether first messages under way have come to nothing. */
const underWayMillis = 1_000

export const makePacer = (limits: PacingLimits): Pacer => {
  const overallRate: Rate = { perMinute: limits.overallPerMinute, burst: limits.burst }
  const chatRate: Rate = { perMinute: limits.chatPerMinute, burst: limits.burst }
  const buckets = new Map<string, Bucket>()
  /** Turns that were taken, until what is being typed may leave. */
  const typing = new Map<OutboxId, { readonly asking: Asking; readonly until: number }>()
  /** First messages that may not be in the state yet. */
  const firstsUnderWay = new Set<ChatId>()
  let restsUntil = 0
  let known: StateReader | undefined

  /** Another state is another run of the actor: somebody else may have written in between. */
  const beWith = (state: StateReader) => {
    if (known === state) return
    known = state
    buckets.clear()
    typing.clear()
    firstsUnderWay.clear()
  }

  const remember = (place: string, bucket: Bucket) => {
    buckets.delete(place)
    buckets.set(place, bucket)
    if (buckets.size <= chatsRemembered) return
    const oldest = buckets.keys().find((each) => each !== everywhere)
    if (oldest !== undefined) buckets.delete(oldest)
  }

  const bucketOf = (state: StateReader, place: string, rate: Rate, now: number): Bucket => {
    const before = buckets.get(place)
    const bucket =
      before === undefined
        ? bucketFrom(state, place, rate, limits, now)
        : filled(before, rate, limits, beginningsOf(state), now)
    remember(place, bucket)
    return bucket
  }

  /** When one more first message may leave. */
  const firstFrom = (state: StateReader, now: number): number => {
    for (const each of firstsUnderWay) if (isApproached(state, [each])) firstsUnderWay.delete(each)
    const max = limits.firstMessagesPerDay
    if (max === 0) return Infinity
    const began = beginningsOf(state)
    const allowed = Math.max(1, Math.floor(max * shareAt(limits, began, now)))
    const lately = firstsWithinDay(state, now)
    const tooMany = lately.length + firstsUnderWay.size - allowed
    if (tooMany < 0) return now
    const leaves = lately[tooMany]
    const again = leaves === undefined ? now + underWayMillis : dayAfter(leaves)
    return Math.min(again, nextChange(limits, began, now))
  }

  const draw = (
    asking: Asking,
    began: Beginnings,
    overall: Bucket,
    own: Bucket,
    now: number,
    lot: number
  ) => {
    remember(everywhere, taken(overall, overallRate, limits, began, 1))
    remember(asking.chat, taken(own, chatRate, limits, began, 1))
    restsUntil = now + Math.floor(lot * limits.jitterMillis)
    if (asking.isFirst) firstsUnderWay.add(asking.chat)
  }

  const giveBack = ({ chat, isFirst }: Asking) => {
    for (const place of [everywhere, chat]) {
      const bucket = buckets.get(place)
      if (bucket !== undefined) buckets.set(place, givenBack(bucket))
    }
    if (isFirst) firstsUnderWay.delete(chat)
  }

  const dropUnused = (now: number) => {
    for (const [outbox, { asking, until }] of typing) {
      if (now < until + unusedMillis) continue
      typing.delete(outbox)
      giveBack(asking)
    }
  }

  return {
    take: (state, asking, now, lot) => {
      beWith(state)
      const typed = typing.get(asking.outbox)
      if (typed !== undefined) {
        if (now < typed.until) return { later: typed.until }
        typing.delete(asking.outbox)
        return undefined
      }
      const began = beginningsOf(state)
      const overall = bucketOf(state, everywhere, overallRate, now)
      const own = bucketOf(state, asking.chat, chatRate, now)
      if (asking.mayWait) {
        const first = asking.isFirst ? firstFrom(state, now) : now
        const inChat = Math.max(first, readyAt(own, chatRate, limits, began))
        if (inChat > now) return { later: inChat }
        // A clock that was set back does not make anybody rest for longer.
        if (restsUntil > now + limits.jitterMillis) restsUntil = now
        const overAll = Math.max(restsUntil, readyAt(overall, overallRate, limits, began))
        if (overAll > now) return { later: overAll, everywhere: true }
      }
      draw(asking, began, overall, own, now, lot)
      if (asking.typingMillis === 0) return undefined
      dropUnused(now)
      typing.set(asking.outbox, { asking, until: now + asking.typingMillis })
      return { later: now + asking.typingMillis, typing: asking.typingMillis }
    },
    giveBack
  }
}
