/** One fold per event that the watch listens to. */
import { ErasureCompleted } from "../../../contracts/account.ts"
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import type { Recorded } from "../../../contracts/event.ts"
import { FeedFailed, FeedMatched, FeedRefreshed, FeedWithdrawn } from "../../../contracts/feed.ts"
import {
  type LinkSighting,
  MessageEdited,
  MessageReceived,
  MessageRevoked
} from "../../../contracts/message.ts"
import { ScanCompleted, ScanReleased } from "../../../contracts/scan.ts"
import { SourceChanged } from "../../../contracts/source.ts"
import type { State } from "../../../infra/actor/state.ts"
import { become, heldBy, release, watch, watchedOf } from "./kept.ts"
import { erasures, feeds, sources } from "./origins.ts"
import { doneAfter } from "./schedule.ts"
import { holdersMax, isHeld, type Watched } from "./watched.ts"

export const listens = [
  MessageReceived,
  MessageEdited,
  MessageRevoked,
  ScanCompleted,
  ScanReleased,
  FeedRefreshed,
  FeedMatched,
  FeedFailed,
  FeedWithdrawn,
  SourceChanged,
  ErasureCompleted
] as const

export type Heard = Recorded<(typeof listens)[number]>

type Posting = RecordedOf<"message.received" | "message.edited">

/** Nobody is warned about the past, and nothing of it is looked at again. */
const isPast = ({ data }: Posting): boolean => data.arrival === "imported" || data.gateway === "export"

const hold = (state: State, event: Posting, { domains, host, link }: LinkSighting): void => {
  const { message } = event.data
  const place = { posted: event.sequence, postedAt: event.time }
  const known = watchedOf(state, link)
  if (known === undefined)
    return watch(state, { link, host, domains, holders: [message], isCrowded: false, ...place }, event)
  const { holders } = known.value
  if (holders.includes(message)) return
  const held = holders.length < holdersMax ? { holders: [...holders, message] } : { isCrowded: true as const }
  become(state, known, { ...known.value, ...held, ...place }, event)
}

const posted = (state: State, event: Posting): void => {
  if (isPast(event)) return
  for (const link of new Map(event.data.links.map((it) => [it.link, it])).values()) hold(state, event, link)
}

const edited = (state: State, event: RecordedOf<"message.edited">): void => {
  const links = new Set<string>(event.data.links.map(({ link }) => link))
  for (const kept of heldBy(state, event.data.message))
    if (!links.has(kept.value.link)) leave(state, kept, event)
  posted(state, event)
}

const leave = (
  state: State,
  kept: ReturnType<typeof heldBy>[number],
  event: RecordedOf<"message.edited" | "message.revoked">
): void => {
  const { matched, ...value } = kept.value
  const now = { ...value, holders: value.holders.filter((message) => message !== event.data.message) }
  // What nobody holds needs no looking at.
  become(state, kept, isHeld(now) && matched !== undefined ? { ...now, matched } : now, event)
}

const rests = ({ evidence }: RecordedOf<"scan.completed">["data"]): boolean =>
  evidence.some(({ source }) => source === "feed")

const scanned = (state: State, event: RecordedOf<"scan.completed">): void => {
  const { again, awaits = [], end, level, link, revises } = event.data
  const kept = watchedOf(state, link)
  if (kept === undefined || (kept.value.newest?.sequence ?? 0) >= event.sequence) return
  const { end: _end, matched, ...before } = kept.value
  const isFirst = revises === undefined && again === undefined
  const looks =
    isFirst && awaits.length > 0
      ? { from: event.time, done: 0 }
      : again === undefined || again === "listed" || before.looks === undefined
        ? before.looks
        : { ...before.looks, done: Math.max(before.looks.done, doneAfter(again)) }
  const now: Watched = {
    ...before,
    newest: { sequence: event.sequence, level, isListed: rests(event.data) },
    ...(end === undefined ? {} : { end }),
    ...(looks === undefined ? {} : { looks }),
    ...(matched === undefined || again === "listed" ? {} : { matched })
  }
  become(state, kept, now, event)
}

const matched = (state: State, event: RecordedOf<"feed.matched">): void => {
  for (const link of new Set(event.data.matches)) {
    const kept = watchedOf(state, link)
    if (kept !== undefined && isHeld(kept.value))
      become(state, kept, { ...kept.value, matched: event.sequence }, event)
  }
}

export const evolve = (state: State, event: Heard): void => {
  switch (event.type) {
    case "message.received":
      return posted(state, event)
    case "message.edited":
      return edited(state, event)
    case "message.revoked":
      for (const kept of heldBy(state, event.data.message)) leave(state, kept, event)
      return
    case "scan.completed":
      return scanned(state, event)
    case "scan.released": {
      const kept = watchedOf(state, event.data.link)
      return kept === undefined ? undefined : release(state, kept, event)
    }
    case "feed.matched":
      return matched(state, event)
    case "feed.refreshed":
      return state.put(feeds, event.data.source, { digest: event.data.digest })
    case "feed.failed":
      return state.put(feeds, event.data.source, {
        ...state.get(feeds, event.data.source),
        failed: event.data.reason
      })
    case "feed.withdrawn":
      return state.drop(feeds, event.data.source)
    case "source.changed":
      return state.put(sources, event.data.source, event.data.state)
    case "erasure.completed":
      return state.put(erasures, "last", event.time)
  }
}
