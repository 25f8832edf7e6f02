/** Keeping watched links: their marks, the work that is open for them, and how many there are. */
import type { LinkId, MessageKey } from "../../../contracts/ids.ts"
import { collection } from "../../../infra/actor/collection.ts"
import { type Kept, type Mark, markOf, markOfPair, marksOfFirst } from "../../../infra/actor/records.ts"
import type { State, StateReader } from "../../../infra/actor/state.ts"
import { beginOf, dueMinute, minuteOf } from "./schedule.ts"
import { by, isHeld, tokensOf, type Watched } from "./watched.ts"

/** The most links that are watched: some 30 MB. The one that was posted longest ago goes first. */
export const watchedMax = 100_000
/** A link that nobody posted for as long is watched no more: what chats scroll back to is younger. */
const watchedMinutes = 30 * 24 * 60
/** What is due in a minute, or rests on a list, is found in parts, so that nothing waits for all of it. */
export const parts = 16

export type KeptLink = Kept<Watched>

/** An event, as the cause of work. */
export interface Trigger {
  readonly id: string
  readonly time: number
  readonly sequence: number
  readonly correlation: string | undefined
}

/** How many links are watched, and the minute before which none of them was posted last. */
interface Extent {
  readonly count: number
  readonly oldestMinute: number
}

const extents = collection<Extent>("extent")
/** How many links are due in a minute, or were matched by an event. */
const waiting = collection<number>("waiting")

export const lookWork = "look"
export const matchWork = "match"

const partOf = (link: string): number => Number.parseInt(link[0]!, 16)

export const dueMark = (minute: number, part: number): Mark => minute * parts + part

/** The minute in which a link is due to be looked at again. */
export const dueOf = (it: Watched): number | undefined =>
  isHeld(it) && it.newest !== undefined && it.looks !== undefined
    ? dueMinute(it.looks, it.newest.level)
    : undefined

const marksOf = (it: Watched) => {
  const due = dueOf(it)
  return {
    token: [
      ...new Set(tokensOf(it).map(markOf)),
      ...it.holders.map((message) => markOfPair(message, it.link))
    ],
    minute: [minuteOf(it.postedAt)],
    due: due === undefined ? [] : [dueMark(due, partOf(it.link))],
    matched: it.matched === undefined ? [] : [it.matched],
    listed: it.newest?.isListed === true && isHeld(it) ? [partOf(it.link)] : []
  }
}

type Ways = ReturnType<typeof marksOf>
const nowhere: Ways = { token: [], minute: [], due: [], matched: [], listed: [] }
const ways = Object.keys(nowhere) as ReadonlyArray<keyof Ways>

const without = (some: ReadonlyArray<Mark>, others: ReadonlyArray<Mark>) =>
  some.filter((mark) => !others.includes(mark))

const remark = (state: State, id: number, before: Ways, now: Ways) => {
  for (const way of ways) {
    const gone = without(before[way], now[way])
    const come = without(now[way], before[way])
    if (gone.length > 0) state.unmark(by[way], id, gone)
    if (come.length > 0) state.mark(by[way], id, come)
  }
}

/** Opens the one piece of work of a minute or a match with the first link that waits for it, and closes it with the last. */
const count = (
  state: State,
  kind: typeof lookWork | typeof matchWork,
  at: number | undefined,
  change: 1 | -1,
  trigger: Trigger
) => {
  if (at === undefined) return
  const key = `${kind}/${at}`
  const before = state.get(waiting, key) ?? 0
  const now = before + change
  if (now > 0) state.put(waiting, key, now)
  else {
    state.drop(waiting, key)
    state.close(key)
  }
  if (before > 0 || now <= 0) return
  state.open({
    key,
    kind,
    priority: kind === matchWork ? 0 : 1,
    lane: kind,
    due: kind === matchWork ? 0 : beginOf(at),
    cause: trigger.id,
    correlation: trigger.correlation ?? trigger.id
  })
}

const recount = (state: State, before: Watched | undefined, now: Watched | undefined, trigger: Trigger) => {
  const was = { look: before && dueOf(before), match: before?.matched }
  const is = { look: now && dueOf(now), match: now?.matched }
  for (const kind of [lookWork, matchWork] as const) {
    if (was[kind] === is[kind]) continue
    count(state, kind, was[kind], -1, trigger)
    count(state, kind, is[kind], 1, trigger)
  }
}

const extentOf = (state: StateReader, minute: number): Extent =>
  state.get(extents, "all") ?? { count: 0, oldestMinute: minute }

const dropOne = (state: State, { id, value }: KeptLink, trigger: Trigger) => {
  remark(state, id, marksOf(value), nowhere)
  recount(state, value, undefined, trigger)
  state.remove(id)
}

/** Drops what was posted too long ago, and what is too much. */
const trim = (state: State, { count, oldestMinute }: Extent, trigger: Trigger, countMax: number): Extent => {
  const until = minuteOf(trigger.time) - watchedMinutes
  let left = count
  let minute = oldestMinute
  while (left > 0 && (minute < until || left > countMax)) {
    const there = state.find(by.minute, minute)
    const spare = minute < until ? there : there.slice(0, left - countMax)
    for (const kept of spare) dropOne(state, kept, trigger)
    left -= spare.length
    if (spare.length === there.length) minute += 1
  }
  return { count: left, oldestMinute: minute }
}

/** A link that is watched. */
export const watchedOf = (state: StateReader, link: LinkId): KeptLink | undefined =>
  state.find(by.token, markOf(link)).find(({ value }) => value.link === link)

/** All links of a message. */
export const heldBy = (state: StateReader, message: MessageKey): ReadonlyArray<KeptLink> =>
  state.find(by.token, marksOfFirst(message)).filter(({ value }) => value.holders.includes(message))

/** The links that a token names, or that lead to what it names: a link, all of a host, or all below a domain. */
export const watchedOn = (state: StateReader, token: string): ReadonlyArray<KeptLink> =>
  state.find(by.token, markOf(token)).filter(({ value }) => tokensOf(value).includes(token))

/**
 * All links that were posted last between two moments, minute by minute, the oldest first. Others may have their turn
 * after each minute, and what changes meanwhile is seen or not.
 */
export function* postedBetween(
  state: StateReader,
  fromMillis: number,
  toMillis: number
): Generator<ReadonlyArray<Watched>> {
  const { count, oldestMinute } = extentOf(state, 0)
  if (count === 0) return
  for (let at = Math.max(oldestMinute, minuteOf(fromMillis)); at <= minuteOf(toMillis); at++)
    yield state.find(by.minute, at).map(({ value }) => value)
}

/** The links whose newest result rests on a list. */
export const restingOnLists = (state: StateReader): ReadonlyArray<Watched> =>
  Array.from({ length: parts }, (_, part) => state.find(by.listed, part)).flatMap((kept) =>
    kept.map(({ value }) => value)
  )

export const watchedCount = (state: StateReader): number => extentOf(state, 0).count

/** Begins to watch a link. */
export const watch = (state: State, link: Watched, trigger: Trigger, countMax: number = watchedMax): void => {
  const id = state.add(by.token, link, [])
  remark(state, id, nowhere, marksOf(link))
  recount(state, undefined, link, trigger)
  const minute = minuteOf(link.postedAt)
  const { count, oldestMinute } = extentOf(state, minute)
  const grown = { count: count + 1, oldestMinute: count === 0 ? minute : Math.min(oldestMinute, minute) }
  state.put(extents, "all", trim(state, grown, trigger, countMax))
}

/** Remembers what became of a link. */
export const become = (state: State, { id, value }: KeptLink, now: Watched, trigger: Trigger): void => {
  state.change(by.token, id, now)
  remark(state, id, marksOf(value), marksOf(now))
  recount(state, value, now, trigger)
}

/** Watches a link no more. */
export const release = (state: State, kept: KeptLink, trigger: Trigger): void => {
  dropOne(state, kept, trigger)
  const extent = extentOf(state, 0)
  state.put(extents, "all", { ...extent, count: extent.count - 1 })
}
