/**
 * What left lately, folded from the log, so that a process which starts anew keeps to the limits. It says nothing
 * of them: the same facts give the same state whatever the settings are.
 */
import type { ChatId } from "../../../contracts/ids.ts"
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import { collection } from "../../../infra/actor/collection.ts"
import type { State, StateReader } from "../../../infra/actor/state.ts"
import { chats } from "../model.ts"
import { type Bucket, filled, fullBucket, type Rate, taken } from "./bucket.ts"
import type { Beginnings, Growth } from "./share.ts"

const minuteMillis = 60_000
const dayMillis = 24 * 60 * minuteMillis
/** What left before that is forgotten. A debt of warnings may be as old. */
const minutesKept = 60
/** First messages of a day that are remembered: more than anybody may set. */
export const firstsMax = 1_000

/** Messages claimed in a minute, which is counted from the epoch. */
type Minute = readonly [minute: number, count: number]

/** By chat, and `everywhere`. */
const spent = collection<ReadonlyArray<Minute>>("spent")
/** When people were written to first, of the last day; its one entry is `main`. */
const firsts = collection<ReadonlyArray<number>>("first-messages")
/** Its one entry is `main`. */
const beginnings = collection<Beginnings>("beginnings")

/** The name that stands for all chats. */
export const everywhere = "everywhere"

/** Where the clock was set back, what left counts as if it had left in the minute that was newest. */
const countIn = (minutes: ReadonlyArray<Minute>, time: number): ReadonlyArray<Minute> => {
  const minute = Math.floor(time / minuteMillis)
  const last = minutes.at(-1)
  if (last !== undefined && last[0] >= minute) return [...minutes.slice(0, -1), [last[0], last[1] + 1]]
  return [...minutes.filter(([earlier]) => earlier > minute - minutesKept), [minute, 1]]
}

export const foldClaim = (state: State, { data, time }: RecordedOf<"outbox.claimed">): void => {
  for (const place of [everywhere, data.chat])
    state.put(spent, place, countIn(state.get(spent, place) ?? [], time))
  if (data.first !== true) return
  const before = state.get(firsts, "main") ?? []
  const kept = before.filter((at) => at > time - dayMillis).slice(1 - firstsMax)
  state.put(firsts, "main", [...kept, time])
  const chat = state.get(chats, data.chat) ?? { gateway: "whatsapp", named: false }
  state.put(chats, data.chat, { ...chat, approached: true })
}

export const foldBeginning = (
  state: State,
  event: RecordedOf<"session.linked"> | RecordedOf<"session.opened">
): void => {
  const before = state.get(beginnings, "main") ?? {}
  state.put(
    beginnings,
    "main",
    event.type === "session.linked" ? { linkedAt: event.data.at } : { ...before, openedAt: event.time }
  )
}

export const beginningsOf = (state: StateReader): Beginnings => state.get(beginnings, "main") ?? {}

/** When people were written to first, within the 24 hours before a moment, the earliest first. */
export const firstsWithinDay = (state: StateReader, now: number): ReadonlyArray<number> =>
  (state.get(firsts, "main") ?? []).filter((at) => at > now - dayMillis).toSorted((a, b) => a - b)

/** When a first message does not count any more. */
export const dayAfter = (at: number): number => at + dayMillis

/** Whether somebody who never wrote was written to before. */
export const isApproached = (state: StateReader, names: ReadonlyArray<ChatId>): boolean =>
  names.some((name) => state.get(chats, name)?.approached === true)

/**
 * The bucket of a chat or of all, as the log leaves it. It is known in which minute something left, and taken to be
 * the end of it: the bucket holds a little less than it might, and never more.
 */
export const bucketFrom = (
  state: StateReader,
  place: string,
  rate: Rate,
  growth: Growth,
  now: number
): Bucket => {
  const began = beginningsOf(state)
  const minutes = state.get(spent, place) ?? []
  const first = minutes[0] === undefined ? now : Math.min(now, minutes[0][0] * minuteMillis)
  let bucket = fullBucket(rate, growth, began, first)
  for (const [minute, count] of minutes) {
    const at = Math.max(bucket.at, Math.min(now, (minute + 1) * minuteMillis))
    bucket = taken(filled(bucket, rate, growth, began, at), rate, growth, began, count)
  }
  return filled(bucket, rate, growth, began, now)
}
