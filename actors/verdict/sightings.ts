/** The sightings that the verdict actor keeps: one record each, found by all that may later be said of them. */
import type { ChatId, HostId, LinkId, MessageKey, OutboxId, PersonId } from "../../contracts/ids.ts"
import { Level } from "../../contracts/level.ts"
import { Gateway } from "../../contracts/message.ts"
import { packing, unpacking, type Packer, type Unpacker } from "../../infra/actor/packing.ts"
import { type Kept, markOf, markOfPair, marksOfFirst, type Records } from "../../infra/actor/records.ts"
import type { State, StateReader } from "../../infra/actor/state.ts"
import { gone, type Sighting, type Told, ways } from "./model.ts"

const levels = Level.literals
const gateways = Gateway.literals

/** What may be there or not, as bits of one byte. */
const has = { told: 1, notice: 2, gone: 4, withdrawn: 8, earlier: 16, refused: 32, deferred: 64 } as const

const flagsOf = ({ deferredUntil, earlier, gone, refused, told, withdrawn }: Sighting): number =>
  (told === undefined ? 0 : has.told) |
  (told?.notice === undefined ? 0 : has.notice) |
  (gone === undefined ? 0 : has.gone) |
  (withdrawn === true ? has.withdrawn : 0) |
  (earlier === undefined ? 0 : has.earlier) |
  (refused === undefined ? 0 : has.refused) |
  (deferredUntil === undefined ? 0 : has.deferred)

/** A host is nearly always one of its own domains, and is written once. */
const packDomains = (to: Packer, { domains, host }: Sighting): void => {
  to.count(domains.length)
  for (const domain of domains) {
    to.byte(domain === host ? 1 : 0)
    if (domain !== host) to.hash(domain)
  }
}

const unpackDomains = (from: Unpacker, host: HostId): ReadonlyArray<HostId> =>
  Array.from({ length: from.count() }, () => (from.byte() === 1 ? host : from.hash<HostId>()))

const pack = (it: Sighting): Buffer => {
  const to = packing()
  to.byte(flagsOf(it))
  to.byte(gateways.indexOf(it.gateway))
  to.count(it.sequence)
  to.count(it.time)
  to.count(it.words)
  to.text(it.chat)
  to.text(it.sender)
  to.hash(it.message)
  to.hash(it.link)
  to.hash(it.host)
  packDomains(to, it)
  if (it.told !== undefined) to.byte(levels.indexOf(it.told.level))
  if (it.gone !== undefined) to.byte(gone.indexOf(it.gone))
  if (it.told?.notice !== undefined) {
    to.hash(it.told.notice)
    to.byte(ways.indexOf(it.told.by ?? "text"))
  }
  if (it.earlier !== undefined) to.hash(it.earlier)
  if (it.refused !== undefined) to.byte(ways.indexOf(it.refused))
  if (it.deferredUntil !== undefined) to.count(it.deferredUntil)
  return to.done()
}

const unpack = (bytes: Buffer): Sighting => {
  const from = unpacking(bytes)
  const flags = from.byte()
  const gateway = gateways[from.byte()]!
  const place = { sequence: from.count(), time: from.count(), words: from.count() }
  const chat = from.text<ChatId>()
  const sender = from.text<PersonId>()
  const message = from.hash<MessageKey>()
  const link = from.hash<LinkId>()
  const host = from.hash<HostId>()
  const domains = unpackDomains(from, host)
  const level = (flags & has.told) === 0 ? undefined : levels[from.byte()]!
  const left = (flags & has.gone) === 0 ? undefined : gone[from.byte()]!
  const said = (flags & has.notice) === 0 ? {} : { notice: from.hash<OutboxId>(), by: ways[from.byte()]! }
  const told: Told | undefined = level && { level, ...said }
  return {
    chat,
    message,
    link,
    sender,
    gateway,
    host,
    domains,
    ...place,
    ...(told === undefined ? {} : { told }),
    ...(left === undefined ? {} : { gone: left }),
    ...((flags & has.withdrawn) === 0 ? {} : { withdrawn: true as const }),
    ...((flags & has.earlier) === 0 ? {} : { earlier: from.hash<OutboxId>() }),
    ...((flags & has.refused) === 0 ? {} : { refused: ways[from.byte()]! }),
    ...((flags & has.deferred) === 0 ? {} : { deferredUntil: from.count() })
  }
}

const sightings: Records<Sighting> = { kind: 0, pack, unpack }

export type KeptSighting = Kept<Sighting>

/** Which sighting is meant, whatever else is said of it. */
type About = Pick<Sighting, "chat" | "message" | "link">

/** One link in one message. */
export const sightingOf = (state: StateReader, about: About): KeptSighting | undefined =>
  state
    .find(sightings, markOfPair(about.message, about.link))
    .find(
      ({ value }) => value.message === about.message && value.link === about.link && value.chat === about.chat
    )

/** Every link that a message ever had, in the order in which they came: in one chat, or wherever it was. */
export const sightingsIn = (
  state: StateReader,
  { chat, message }: Pick<Sighting, "message"> & Partial<Pick<Sighting, "chat">>
): ReadonlyArray<KeptSighting> =>
  state
    .find(sightings, marksOfFirst(message))
    .filter(({ value }) => value.message === message && (chat === undefined || value.chat === chat))

/** All tokens that something may be said of: of the link, of its host and of the domains above it. */
export const tokensOf = ({ link, host, domains }: Sighting): ReadonlySet<string> =>
  new Set<string>([link, host, ...domains])

/** All sightings of a link, a host or a domain. */
export const sightingsOn = (state: StateReader, token: string): ReadonlyArray<KeptSighting> =>
  state.find(sightings, markOf(token)).filter(({ value }) => tokensOf(value).has(token))

/** The sightings that were last told of by an outbox entry: several where a reaction speaks of all of them. */
export const sightingsToldBy = (state: StateReader, outbox: OutboxId): ReadonlyArray<KeptSighting> =>
  state.find(sightings, markOf(outbox)).filter(({ value }) => value.told?.notice === outbox)

/** The sighting that an outbox entry told of, even if a later one has corrected it since. */
export const sightingOnceToldBy = (state: StateReader, outbox: OutboxId): KeptSighting | undefined =>
  sightingsToldBy(state, outbox)[0] ?? state.find(sightings, markOf(outbox))[0]

/** Remembers a sighting that was not known yet. */
export const addSighting = (state: State, sighting: Sighting): void => {
  const marks = [...tokensOf(sighting)].map(markOf)
  state.add(sightings, sighting, [markOfPair(sighting.message, sighting.link), ...marks])
}

/** Remembers what became of a sighting. */
export const changeSighting = (state: State, { id, value }: KeptSighting, now: Sighting): void => {
  const notice = now.told?.notice
  state.change(
    sightings,
    id,
    now,
    notice === undefined || notice === value.told?.notice ? [] : [markOf(notice)]
  )
}
