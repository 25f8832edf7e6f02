/** The sightings that the verdict actor keeps: one record each, found by all that may later be said of them. */
import type { ChatId, HostId, LinkId, MessageKey, OutboxId, PersonId } from "../../contracts/ids.ts"
import { Level } from "../../contracts/level.ts"
import { Gateway } from "../../contracts/message.ts"
import { packing, unpacking, type Packer, type Unpacker } from "../../infra/actor/packing.ts"
import { type Kept, markOf, markOfPair, marksOfFirst, type Records } from "../../infra/actor/records.ts"
import type { State, StateReader } from "../../infra/actor/state.ts"
import { gone, type Sighting, type Told } from "./model.ts"

const levels = Level.literals
const gateways = Gateway.literals

/** What may be there or not, as bits of one byte. */
const has = { told: 1, spoken: 2, notice: 4, gone: 8, withdrawn: 16, earlier: 32 } as const

const flagsOf = ({ told, gone, withdrawn, earlier }: Sighting): number =>
  (told === undefined ? 0 : has.told) |
  (told?.spoken === true ? has.spoken : 0) |
  (told?.notice === undefined ? 0 : has.notice) |
  (gone === undefined ? 0 : has.gone) |
  (withdrawn === true ? has.withdrawn : 0) |
  (earlier === undefined ? 0 : has.earlier)

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
  if (it.told?.notice !== undefined) to.hash(it.told.notice)
  if (it.earlier !== undefined) to.hash(it.earlier)
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
  const notice = (flags & has.notice) === 0 ? undefined : from.hash<OutboxId>()
  const told: Told | undefined = level && {
    level,
    spoken: (flags & has.spoken) !== 0,
    ...(notice === undefined ? {} : { notice })
  }
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
    ...((flags & has.earlier) === 0 ? {} : { earlier: from.hash<OutboxId>() })
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

/** Every link that a message ever had, in the order in which they came. */
export const sightingsIn = (
  state: StateReader,
  { chat, message }: Pick<Sighting, "chat" | "message">
): ReadonlyArray<KeptSighting> =>
  state
    .find(sightings, marksOfFirst(message))
    .filter(({ value }) => value.message === message && value.chat === chat)

/** All tokens that something may be said of: of the link, of its host and of the domains above it. */
export const tokensOf = ({ link, host, domains }: Sighting): ReadonlySet<string> =>
  new Set<string>([link, host, ...domains])

/** All sightings of a link, a host or a domain. */
export const sightingsOn = (state: StateReader, token: string): ReadonlyArray<KeptSighting> =>
  state.find(sightings, markOf(token)).filter(({ value }) => tokensOf(value).has(token))

/** The sighting that was last told of by an outbox entry. */
export const sightingToldBy = (state: StateReader, outbox: OutboxId): KeptSighting | undefined =>
  state.find(sightings, markOf(outbox)).find(({ value }) => value.told?.notice === outbox)

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
