/** Appending to JetStream, and finding out what of a refused append the log holds already. */
import { type ConsumerConfig, DeliverPolicy, JetStreamApiError, type StoredMsg } from "@nats-io/jetstream"
import { Clock, Effect } from "effect"
import { headerNames } from "../../contracts/envelope.ts"
import { eventStream } from "../../contracts/streams.ts"
import type { KeyringService } from "../keyring/keyring.ts"
import type { NatsService } from "../nats/connection.ts"
import { publish, type PublishAnswer } from "./append.ts"
import { asServerHasIt, firstArchived } from "./archive/archived-ends.ts"
import type { Archive } from "./archive/read-archive.ts"
import { type Appended, Conflict, type EventLogService, FactRefused, LogUnavailable } from "./event-log.ts"
import { offer, type OfferedMessage } from "./offer.ts"
import { tryLog } from "./try-log.ts"

/** JetStream error codes, as the server documents them in `server/errors.json`. */
const wrongLastSequence = 10071
const duplicateInBatch = 10201
const messageTooLarge = 10054
export const messageNotFound = 10037

/** The server sends at once what it has; a command's answer is waited for no longer than three times this. */
const heldWaitMillis = 5_000

/** nats-server's own default, where it does not say. */
const payloadMaxByDefaultBytes = 1024 * 1024

/** One message of the stream, or `undefined` where there is none. */
export const findMessage = async (
  { manager }: NatsService,
  query: Parameters<NatsService["manager"]["direct"]["getMessage"]>[1]
): Promise<StoredMsg | undefined> => {
  try {
    return (await manager.direct.getMessage(eventStream.name, query)) ?? undefined
  } catch (cause) {
    if (cause instanceof JetStreamApiError && cause.code === messageNotFound) return undefined
    throw cause
  }
}

type Offered = ReadonlyArray<OfferedMessage>

/** What a boundary holds first after an event, on the server. */
const firstLive = async (nats: NatsService, boundary: string, after: number) => {
  const found = await findMessage(nats, { seq: after + 1, next_by_subj: boundary })
  return found === undefined
    ? undefined
    : { sequence: found.seq, id: found.header.get(headerNames.messageId) }
}

/**
 * Which expectation was refused. Where a writer's own append stands as the first of its boundary after what
 * it expected to be the last, this is a retry of that append, and what stands is adopted.
 */
const findConflict = Effect.fnUntraced(function* (
  nats: NatsService,
  messages: Offered,
  archive: Archive | undefined
) {
  const ask = <A>(run: () => Promise<A>) => tryLog("show the end of a boundary", run)
  for (const [index, { boundary, expected, id }] of messages.entries()) {
    if (expected === undefined) continue
    const live = yield* ask(() => findMessage(nats, { last_by_subj: boundary }))
    const actual = live?.seq ?? archive?.headOf(boundary) ?? 0
    if (actual === expected.sequence) continue
    const after = expected.sequence
    const first =
      actual < after
        ? undefined
        : ((yield* firstArchived(archive, boundary, after)) ??
          (yield* ask(() => firstLive(nats, boundary, after))))
    // Several messages that were stored as one stand side by side.
    if (first?.id === id) return { sequence: first.sequence + messages.length - 1 - index, duplicate: true }
    return new Conflict({ boundary, expected: after, actual })
  }
  return undefined
})

/** The sequences of those ids that the log has seen within the window in which the server recognises them. */
const findHeld = async (
  { jetstream, manager }: NatsService,
  messages: Offered
): Promise<ReadonlyMap<string, number>> => {
  const { state } = await manager.streams.info(eventStream.name)
  const windowMillis = eventStream.duplicateWindowSeconds * 1_000
  const consumer = await jetstream.consumers.get(eventStream.name, {
    filter_subjects: [...new Set(messages.map(({ subject }) => subject))],
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: new Date(Date.parse(String(state.last_ts)) - windowMillis).toISOString()
  } satisfies Partial<ConsumerConfig>)
  const held = new Map<string, number>()
  let { num_pending: left } = await consumer.info()
  while (left > 0) {
    const message = await consumer.next({ expires: heldWaitMillis })
    // What was not seen is not known not to be there.
    if (message === null)
      throw new Error(`${left} more events were to come, and none came in ${heldWaitMillis} ms`)
    held.set(message.headers?.get(headerNames.messageId) ?? "", message.seq)
    left = message.info.pending
  }
  await consumer.delete()
  return held
}

const unclear = (description: string) =>
  new LogUnavailable({ operation: "store an event", message: `the server refused it: ${description}` })

const send: (
  nats: NatsService,
  messages: Offered,
  archive: Archive | undefined
) => Effect.Effect<Appended, Conflict | LogUnavailable | FactRefused> = Effect.fnUntraced(function* (
  nats: NatsService,
  messages: Offered,
  archive: Archive | undefined
) {
  const stale = "the boundary ended elsewhere before its events went into files"
  const offered = asServerHasIt(messages, archive)
  const answer: PublishAnswer =
    offered === undefined
      ? { code: wrongLastSequence, description: stale }
      : yield* tryLog("store an event", () => publish(nats.connection, offered))
  if ("sequence" in answer) return answer
  if (answer.code === wrongLastSequence) {
    const found = yield* findConflict(nats, messages, archive)
    if (found === undefined) return yield* unclear(answer.description)
    return found instanceof Conflict ? yield* found : found
  }
  if (answer.code === duplicateInBatch) return yield* sendOthers(nats, messages, archive, answer.description)
  const fact = messages[0]!.subject
  if (answer.code === messageTooLarge)
    return yield* new FactRefused({ fact, message: `${fact} is larger than the stream takes` })
  return yield* unclear(`${answer.description} (${answer.code})`)
})

/** The server stores no batch of which it knows any id: what it holds is adopted, and the others go by themselves. */
const sendOthers = Effect.fnUntraced(function* (
  nats: NatsService,
  messages: Offered,
  archive: Archive | undefined,
  description: string
) {
  const held = yield* tryLog("show what it holds", () => findHeld(nats, messages))
  const others = messages.filter(({ id }) => !held.has(id))
  if (others.length === messages.length) return yield* unclear(description)
  const last = held.get(messages.at(-1)!.id)
  if (others.length === 0) return { sequence: last!, duplicate: true }
  const answer = yield* send(nats, others, archive)
  return last === undefined ? answer : { ...answer, sequence: last }
})

/** `append` of the event log, of which the earlier part may be in files. */
export const appendTo = (
  nats: NatsService,
  keyring: KeyringService,
  archive: Archive | undefined
): EventLogService["append"] =>
  Effect.fnUntraced(function* (entries, provenance) {
    const now = yield* Clock.currentTimeMillis
    const messageMaxBytes = nats.connection.info?.max_payload ?? payloadMaxByDefaultBytes
    return yield* send(nats, yield* offer(keyring, entries, provenance, now, messageMaxBytes), archive)
  })
