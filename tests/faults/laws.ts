/**
 * The laws, applied to what is left when all is over. It knows what was posted, what the log holds and what
 * the other side got, and nothing of how the system works; it answers with every breach, in words.
 */
import type { AnyRecorded, EventName, RecordedOf } from "../../contracts/catalogue.ts"
import { entryQueuedBy } from "../../contracts/queued-entry.ts"
import { SuppressionReason } from "../../contracts/verdict.ts"
import type { History } from "./history.ts"

/** A message whose taking was acknowledged. */
export interface Posted {
  readonly chat: string
  readonly message: string
  readonly text: string
  readonly links: ReadonlyArray<string>
}

export interface Evidence extends History {
  readonly posted: ReadonlyArray<Posted>
  /** Outbox entries whose cancellation was acknowledged. */
  readonly cancelled?: ReadonlySet<string>
  /** Those of which it was acknowledged that they have left, or are just leaving. */
  readonly left?: ReadonlySet<string>
  /** Opens sealed words; `null` where no key does. */
  readonly open: (sealed: string) => unknown
}

const named = <Name extends EventName>(events: ReadonlyArray<AnyRecorded>, ...names: ReadonlyArray<Name>) =>
  events.filter((event): event is RecordedOf<Name> => (names as ReadonlyArray<string>).includes(event.type))

const groupBy = <A>(
  all: ReadonlyArray<A>,
  keyOf: (one: A) => string
): ReadonlyMap<string, ReadonlyArray<A>> => {
  const groups = new Map<string, Array<A>>()
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one])
  return groups
}

const repeated = <A>(
  all: ReadonlyArray<A>,
  keyOf: (one: A) => string,
  say: (key: string, times: number) => string
) => [...groupBy(all, keyOf)].flatMap(([key, group]) => (group.length > 1 ? [say(key, group.length)] : []))

/** Law 1: what was posted is in the log once, with its words and every link of it. */
const received = ({ events, open, posted, unreadable }: Evidence): ReadonlyArray<string> => {
  const byMessage = groupBy(named(events, "message.received"), ({ data }) => `${data.chat}/${data.message}`)
  return [
    ...unreadable.map(({ reason, sequence }) => `law 1: ${sequence} cannot be read: ${reason}`),
    ...posted.flatMap(({ chat, links, message, text }) => {
      const found = byMessage.get(`${chat}/${message}`) ?? []
      if (found.length !== 1) return [`law 1: message ${message} is in the log ${found.length} times`]
      const { data } = found[0]!
      const words = open(data.said) as { readonly text: string } | null
      return [
        ...(words?.text === text ? [] : [`law 1: the words of ${message} cannot be opened`]),
        ...links
          .filter((link) => !data.links.some((sighting) => sighting.link === link))
          .map((link) => `law 1: link ${link} of ${message} is not in the log`)
      ]
    })
  ]
}

type Word = RecordedOf<"verdict.decided" | "verdict.suppressed" | "verdict.revised">

const sightingOf = ({ data }: Word): string => `${data.message}/${data.link}`

/** What was said of each link of each message, in order. */
const wordsIn = (events: ReadonlyArray<AnyRecorded>): ReadonlyMap<string, ReadonlyArray<Word>> =>
  groupBy(named(events, "verdict.decided", "verdict.suppressed", "verdict.revised"), sightingOf)

/** The places of the log at which notices were called off before they had left. */
const calledOffIn = (events: ReadonlyArray<AnyRecorded>): ReadonlyMap<string, number> =>
  new Map(
    named(events, "outbox.cancelled")
      .filter(({ data }) => data.reason === "requested" && data.by === "system")
      .map(({ data, sequence }) => [data.outbox, sequence])
  )

/** Where what a word was to say was called off, or `undefined`. */
const endOf = (word: Word | undefined, calledOff: ReadonlyMap<string, number>): number | undefined =>
  word === undefined || word.type === "verdict.suppressed"
    ? undefined
    : calledOff.get(word.data.notice?.outbox ?? "")

/** What is said first: what has nothing before it, or only what was called off by then. */
const firstsAmong = (
  words: ReadonlyArray<Word>,
  calledOff: ReadonlyMap<string, number>
): ReadonlyArray<Word> =>
  words.filter(
    (word, index) =>
      word.type !== "verdict.revised" && !((endOf(words[index - 1], calledOff) ?? Infinity) < word.sequence)
  )

const wordOf = ({ data, sequence, type }: Word): string => {
  const level = "level" in data ? data.level : data.to
  return `${sequence} ${type} ${level}${"reason" in data ? ` (${data.reason})` : ""}`
}

/** Law 1: every posted link gets one first word, and the words that follow are one chain. */
const judged = ({ events, posted }: Evidence): ReadonlyArray<string> => {
  const words = wordsIn(events)
  const calledOff = calledOffIn(events)
  return posted.flatMap(({ links, message }) =>
    links.flatMap((link) => {
      const chain = words.get(`${message}/${link}`) ?? []
      if (chain.length === 0) return [`law 1: link ${link} of ${message} was lost: it has no verdict`]
      const firsts = firstsAmong(chain, calledOff).length
      const said = chain.map(wordOf).join(", ")
      return firsts === 1 ? [] : [`law 2: link ${link} of ${message} has ${firsts} first verdicts: ${said}`]
    })
  )
}

/** A result of a scan, a claim and an outcome have one cause each, and are stated once for it. */
const statedOnce = ({ events }: Evidence): ReadonlyArray<string> => [
  ...repeated(
    events,
    ({ id }) => id,
    (id, times) => `event id ${id} is in the log ${times} times`
  ),
  ...repeated(
    named(events, "scan.completed"),
    ({ cause, data }) => `${data.link} for ${cause}`,
    (key, times) => `the scan of ${key} is in the log ${times} times`
  ),
  ...repeated(
    named(events, "outbox.claimed"),
    ({ data }) => `${data.outbox} attempt ${data.attempt}`,
    (key, times) => `law 3: the claim ${key} is in the log ${times} times`
  )
]

const noticesOf = (events: ReadonlyArray<AnyRecorded>): ReadonlyMap<string, string> =>
  new Map(
    named(events, "verdict.decided", "verdict.revised").flatMap(({ data }) =>
      data.notice === undefined
        ? []
        : [[data.notice.outbox as string, `${data.message}/${data.link}`] as const]
    )
  )

/** Laws 2 and 3 as the other side saw them: one text per link and message, and repeats only while unresolved. */
const witnessed = ({ cancelled = new Set(), events, transmissions }: Evidence): ReadonlyArray<string> => {
  const claims = groupBy(named(events, "outbox.claimed"), ({ data }) => data.whatsApp)
  const ends = new Map(
    named(events, "outbox.sent", "outbox.cancelled", "outbox.failed").map((event) => [
      event.data.outbox as string,
      event
    ])
  )
  const notices = noticesOf(events)
  const warnings = new Map<string, Set<string>>()
  const breaches: Array<string> = []
  for (const [whatsApp, sent] of groupBy(transmissions, ({ whatsapp }) => whatsapp)) {
    const claimed = claims.get(whatsApp) ?? []
    if (claimed.length === 0) breaches.push(`law 3: ${whatsApp} was transmitted without a claim`)
    if (sent.length > Math.max(claimed.length, 1))
      breaches.push(`law 3: ${whatsApp} was transmitted ${sent.length} times under ${claimed.length} claims`)
    const outbox = claimed[0]?.data.outbox as string | undefined
    const end = outbox === undefined ? undefined : ends.get(outbox)
    if (end?.type === "outbox.cancelled") breaches.push(`law 3: ${outbox} was transmitted and is cancelled`)
    if (outbox !== undefined && cancelled.has(outbox))
      breaches.push(`law 3: ${outbox} was transmitted although its cancellation was acknowledged`)
    if (end?.type === "outbox.sent" && sent.some(({ at }) => at > end.time))
      breaches.push(`law 3: ${outbox} was transmitted again after its claim was resolved`)
    const sighting = outbox === undefined ? undefined : notices.get(outbox)
    if (sighting === undefined || sent[0]!.wire !== "text") continue
    warnings.set(sighting, (warnings.get(sighting) ?? new Set()).add(whatsApp))
  }
  for (const [sighting, ids] of warnings)
    if (ids.size > 1) breaches.push(`law 2: ${sighting} was warned about under ${ids.size} WhatsApp ids`)
  return breaches
}

/** Law 2 without a look at the log: no two texts here are alike, so the same words again are a repeated warning. */
const saidOnce = ({ transmissions }: Evidence): ReadonlyArray<string> =>
  [
    ...groupBy(
      transmissions.filter(({ wire }) => wire === "text"),
      ({ chat, digest }) => `${chat}/${digest}`
    )
  ].flatMap(([words, sent]) => {
    const ids = new Set(sent.map(({ whatsapp }) => whatsapp))
    return ids.size === 1 ? [] : [`law 2: the words ${words} were said under ${ids.size} WhatsApp ids`]
  })

/** Law 3: what was too late to be cancelled comes. */
const departed = ({ events, left = new Set(), transmissions }: Evidence): ReadonlyArray<string> => {
  const whatsAppOf = new Map(
    named(events, "outbox.claimed").map(({ data }) => [data.outbox as string, data.whatsApp as string])
  )
  const got = new Set(transmissions.map(({ whatsapp }) => whatsapp))
  return [...left]
    .filter((outbox) => !got.has(whatsAppOf.get(outbox) ?? ""))
    .map((outbox) => `law 3: ${outbox} was said to have left and never came`)
}

/** Law 6: a malicious verdict was delivered, or suppressed for a reason of the closed list. */
const warned = ({ events, transmissions }: Evidence): ReadonlyArray<string> => {
  const whatsAppOf = new Map(
    named(events, "outbox.claimed").map(({ data }) => [data.outbox as string, data.whatsApp])
  )
  const sent = new Set(named(events, "outbox.sent").map(({ data }) => data.outbox as string))
  const got = new Set(transmissions.map(({ whatsapp }) => whatsapp))
  const last = new Map(
    named(events, "verdict.decided", "verdict.suppressed", "verdict.revised").map((event) => [
      `${event.data.message}/${event.data.link}`,
      event
    ])
  )
  return [...last].flatMap(([sighting, event]) => {
    const level = event.type === "verdict.revised" ? event.data.to : event.data.level
    if (level !== "malicious") return []
    if (event.type === "verdict.suppressed")
      return SuppressionReason.literals.includes(event.data.reason)
        ? []
        : [`law 6: ${sighting} is silent for no reason`]
    const notice = event.data.notice?.outbox as string | undefined
    if (notice === undefined) return [`law 6: ${sighting} is malicious and nothing was queued`]
    if (!sent.has(notice)) return [`law 6: the warning on ${sighting} was never delivered`]
    return got.has(whatsAppOf.get(notice) ?? "")
      ? []
      : [`law 6: the warning on ${sighting} is said to be sent and never came`]
  })
}

/** Every breach of the laws. */
export const breachesOf = (evidence: Evidence): ReadonlyArray<string> => [
  ...received(evidence),
  ...judged(evidence),
  ...statedOnce(evidence),
  ...witnessed(evidence),
  ...saidOnce(evidence),
  ...departed(evidence),
  ...warned(evidence)
]

/**
 * Whether nothing more is to be expected: every link has its verdict, also where the notice of one was called off, and
 * every entry its end.
 */
export const isSettled = (events: ReadonlyArray<AnyRecorded>, posted: ReadonlyArray<Posted>): boolean => {
  const ended = new Set(
    named(events, "outbox.sent", "outbox.cancelled", "outbox.failed").map(({ data }) => data.outbox as string)
  )
  const words = wordsIn(events)
  const calledOff = calledOffIn(events)
  return (
    posted.every(({ links, message }) => links.every((link) => words.has(`${message}/${link}`))) &&
    [...words.values()].every((chain) => endOf(chain.at(-1), calledOff) === undefined) &&
    events.every((event) => {
      const entry = entryQueuedBy(event)
      return entry === undefined || ended.has(entry.outbox)
    })
  )
}
