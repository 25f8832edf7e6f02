/** The links that are watched: one record each, found by all that may later be said of them. */
import type { HostId, LinkId, MessageKey } from "../../../contracts/ids.ts"
import type { LinkSighting } from "../../../contracts/message.ts"
import { Level } from "../../../contracts/level.ts"
import { type Packer, packing, type Unpacker, unpacking } from "../../../infra/actor/packing.ts"
import type { Records } from "../../../infra/actor/records.ts"
import type { Looks } from "./schedule.ts"

/** The newest result of a link. What it found is in the event at its sequence. */
export interface Newest {
  readonly sequence: number
  readonly level: Level
  /** Whether it rests on a list that is kept here. */
  readonly isListed: boolean
}

/** A link that was posted, and what is known of it. */
export interface Watched {
  readonly link: LinkId
  readonly host: HostId
  readonly domains: ReadonlyArray<HostId>
  /** The messages that hold it, at most `holdersMax` of them. */
  readonly holders: ReadonlyArray<MessageKey>
  /** More messages hold it than are remembered: it counts as held for as long as it is watched. */
  readonly isCrowded: boolean
  /** Where the newest message that brought it stands in the log, and when it was posted. */
  readonly posted: number
  readonly postedAt: number
  readonly newest?: Newest
  /** The place that it leads to, where that is another one. */
  readonly end?: LinkSighting
  readonly looks?: Looks
  /** The `feed.matched` that asks to look at it at once. */
  readonly matched?: number
}

/** A link in more messages than this is held by a crowd. */
export const holdersMax = 64

export const isHeld = ({ holders, isCrowded }: Watched): boolean => holders.length > 0 || isCrowded

const levels = Level.literals

/** What may be there or not, as bits of one byte. */
const has = { crowd: 1, newest: 2, listed: 4, looks: 8, matched: 16, end: 32 } as const

const flagsOf = ({ end, isCrowded, looks, matched, newest }: Watched): number =>
  (isCrowded ? has.crowd : 0) |
  (newest === undefined ? 0 : has.newest) |
  (newest?.isListed === true ? has.listed : 0) |
  (looks === undefined ? 0 : has.looks) |
  (matched === undefined ? 0 : has.matched) |
  (end === undefined ? 0 : has.end)

const packHashes = (to: Packer, hashes: ReadonlyArray<string>) => {
  to.count(hashes.length)
  for (const hash of hashes) to.hash(hash)
}

const unpackHashes = <T extends string>(from: Unpacker): ReadonlyArray<T> =>
  Array.from({ length: from.count() }, () => from.hash<T>())

/** A host is nearly always one of its own domains, and is written once. */
const packPlace = (to: Packer, { domains, host, link }: LinkSighting) => {
  to.hash(link)
  to.hash(host)
  to.byte(domains.includes(host) ? 1 : 0)
  packHashes(
    to,
    domains.filter((domain) => domain !== host)
  )
}

const unpackPlace = (from: Unpacker): LinkSighting => {
  const link = from.hash<LinkId>()
  const host = from.hash<HostId>()
  const hasHost = from.byte() === 1
  const others = unpackHashes<HostId>(from)
  return { link, host, domains: hasHost ? [...others, host] : others }
}

const pack = (it: Watched): Buffer => {
  const to = packing()
  to.byte(flagsOf(it))
  packPlace(to, it)
  packHashes(to, it.holders)
  to.count(it.posted)
  to.count(it.postedAt)
  if (it.newest !== undefined) {
    to.count(it.newest.sequence)
    to.byte(levels.indexOf(it.newest.level))
  }
  if (it.looks !== undefined) {
    to.count(it.looks.from)
    to.byte(it.looks.done)
  }
  if (it.matched !== undefined) to.count(it.matched)
  if (it.end !== undefined) packPlace(to, it.end)
  return to.done()
}

const unpack = (bytes: Buffer): Watched => {
  const from = unpacking(bytes)
  const flags = from.byte()
  const isThere = (flag: number) => (flags & flag) !== 0
  const place = unpackPlace(from)
  const holders = unpackHashes<MessageKey>(from)
  const posted = from.count()
  const postedAt = from.count()
  const newest = isThere(has.newest)
    ? { sequence: from.count(), level: levels[from.byte()]!, isListed: isThere(has.listed) }
    : undefined
  const looks = isThere(has.looks) ? { from: from.count(), done: from.byte() } : undefined
  const matched = isThere(has.matched) ? from.count() : undefined
  const end = isThere(has.end) ? unpackPlace(from) : undefined
  return {
    ...place,
    holders,
    isCrowded: isThere(has.crowd),
    posted,
    postedAt,
    ...(newest === undefined ? {} : { newest }),
    ...(looks === undefined ? {} : { looks }),
    ...(matched === undefined ? {} : { matched }),
    ...(end === undefined ? {} : { end })
  }
}

/** All ids that a list may name a link by: its own and those of the place that it leads to, of host and domains too. */
export const tokensOf = (it: Watched): ReadonlyArray<string> => {
  const places = it.end === undefined ? [it] : [it, it.end]
  return [...new Set(places.flatMap(({ domains, host, link }) => [link, host, ...domains]))]
}

const values = { pack, unpack }

/** The same records, found in several ways. */
export const by: Readonly<Record<"token" | "minute" | "due" | "matched" | "listed", Records<Watched>>> = {
  /** The link, its host, its domains, and each message that holds it. */
  token: { kind: 0, ...values },
  /** The minute since 1970 of its newest posting. */
  minute: { kind: 1, ...values },
  /** The minute in which it is due, and one of sixteen parts. */
  due: { kind: 2, ...values },
  /** The `feed.matched` that asks for it. */
  matched: { kind: 3, ...values },
  /** Links whose newest result rests on a list, in sixteen parts. */
  listed: { kind: 4, ...values }
}
