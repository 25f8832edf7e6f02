/**
 * Between facts and messages: sealing and encoding on the way in, upcasting and decoding on the way out.
 * Personal fields stay sealed when read; whoever may open them asks the keyring.
 */
import { Effect, Schema } from "effect"
import type { AnyFact, AnyRecorded } from "../../contracts/catalogue.ts"
import { eventTypeOf } from "../../contracts/catalogue.ts"
import { boundaryOf } from "../../contracts/contexts.ts"
import { cloudEventType, headerNames, parseCloudEventType, sourceOf } from "../../contracts/envelope.ts"
import type { EventType } from "../../contracts/event.ts"
import type { AccountId } from "../../contracts/ids.ts"
import { lasting } from "../../contracts/personal.ts"
import { type EventAddress, eventSubject, parseEventSubject } from "../../contracts/subjects.ts"
import type { KeyNeed, KeyringService } from "../keyring/keyring.ts"
import { type Entry, FactRefused, LogUnavailable, type LogEvent, type Provenance } from "./event-log.ts"

/** A message as the server stores it, free of any client's types. */
export interface LogMessage {
  readonly subject: string
  readonly headers: ReadonlyArray<readonly [string, string]>
  readonly data: string
}

export interface StoredMessage {
  readonly sequence: number
  readonly subject: string
  readonly header: (name: string) => string
  readonly data: () => string
}

interface Compiled {
  readonly type: EventType
  readonly encode: (data: unknown) => unknown
  readonly decode: (data: unknown) => unknown
}

const compiled = new Map<string, Compiled>()

/** Codecs are made once per event: making one costs far more than using it. */
const compile = (name: string): Compiled | undefined => {
  const known = compiled.get(name)
  if (known !== undefined) return known
  const type = eventTypeOf(name)
  if (type === undefined) return undefined
  const made = {
    type,
    encode: Schema.encodeUnknownSync(type.plain),
    decode: Schema.decodeUnknownSync(type.recorded)
  }
  compiled.set(name, made)
  return made
}

/** The subject and boundary of a fact. */
export const addressOf = (account: AccountId, fact: AnyFact) => {
  const { type } = compile(fact.type)!
  const boundary = boundaryOf(type.context, fact.data)
  return {
    subject: eventSubject(account, type.context, boundary, type.event),
    context: type.context,
    boundary
  }
}

const ownersOf = (fields: ReadonlyArray<string>, data: Record<string, unknown>): ReadonlyArray<string> =>
  fields.map((field) => data[field]).filter((owner) => typeof owner === "string")

/** Whose keys a fact is sealed with, and of when. */
export const keysFor = ({ fact }: Entry, timeMillis: number): ReadonlyArray<KeyNeed> => {
  const data = fact.data as Record<string, unknown>
  return Object.entries(compile(fact.type)!.type.personal).flatMap(
    ([field, { lasting: isLasting, owners }]) =>
      data[field] === undefined
        ? []
        : [{ owners: ownersOf(owners, data), timeMillis: isLasting ? lasting : timeMillis }]
  )
}

/** Seals and encodes a fact. Keys that it needs are durable before this returns. */
export const encodeEntry = Effect.fnUntraced(function* (
  keyring: KeyringService,
  entry: Entry,
  provenance: Provenance,
  timeMillis: number
) {
  const { type, encode } = compile(entry.fact.type)!
  const data = yield* Effect.try({
    try: () => encode(entry.fact.data) as Record<string, unknown>,
    catch: (cause) =>
      new FactRefused({
        fact: type.type,
        message: `a fact does not have its declared shape: ${String(cause)}`
      })
  })
  for (const [field, { lasting: isLasting, owners }] of Object.entries(type.personal)) {
    if (data[field] === undefined) continue
    data[field] = yield* keyring
      .seal(ownersOf(owners, data), isLasting ? lasting : timeMillis, data[field])
      .pipe(Effect.mapError((error) => new LogUnavailable({ operation: "seal", message: error.message })))
  }
  const headers: Array<readonly [string, string]> = [
    [headerNames.specVersion, "1.0"],
    [headerNames.id, entry.id],
    [headerNames.messageId, entry.id],
    [headerNames.type, cloudEventType(type.type, type.version)],
    [headerNames.source, sourceOf(keyring.account, provenance.actor)],
    [headerNames.time, new Date(timeMillis).toISOString()],
    [headerNames.contentType, "application/json"]
  ]
  if (provenance.cause !== undefined) headers.push([headerNames.cause, provenance.cause])
  if (provenance.correlation !== undefined) headers.push([headerNames.correlation, provenance.correlation])
  if (provenance.traceparent !== undefined) headers.push([headerNames.traceparent, provenance.traceparent])
  return {
    subject: addressOf(keyring.account, entry.fact).subject,
    headers,
    data: JSON.stringify(data)
  } satisfies LogMessage
})

/** Brings the data of an older version to that of today, step by step. */
export const upcast = (
  type: EventType,
  version: number,
  data: Record<string, unknown>
): Record<string, unknown> => {
  let current = data
  for (let at = version; at < type.version; at++) {
    const step = type.upcasts[at]
    if (step === undefined) throw new Error(`${type.type} has no way from version ${at} to ${at + 1}`)
    current = step(current)
  }
  return current
}

const optional = (text: string): string | undefined => (text === "" ? undefined : text)

/** Subjects and types that were taken apart before, of which a log has few: doing it again costs a tenth of decoding. */
const rememberedMax = 4_096

const remembering = <Parsed>(parse: (text: string) => Parsed) => {
  const known = new Map<string, Parsed>()
  return (text: string): Parsed => {
    const before = known.get(text)
    if (before !== undefined) return before
    const parsed = parse(text)
    if (known.size === rememberedMax) known.clear()
    known.set(text, parsed)
    return parsed
  }
}

const addressAt = remembering<EventAddress | undefined>(parseEventSubject)
const typeNamed = remembering(parseCloudEventType)

/** Decodes a stored message. What cannot be read is said, with its place, and never thrown. */
export const decodeMessage = (message: StoredMessage): LogEvent => {
  const address = addressAt(message.subject)
  const unreadable = (reason: string): LogEvent => ({
    type: "unreadable",
    sequence: message.sequence,
    subject: message.subject,
    boundary: address?.boundary ?? "",
    context: address?.context,
    reason
  })
  if (address === undefined) return unreadable("expected evt.<account>.<context>.<boundary>.<event>")
  const named = typeNamed(message.header(headerNames.type))
  if (named === undefined) return unreadable(`expected a ${headerNames.type} of ours`)
  const codec = compile(named.name)
  if (codec === undefined) return unreadable(`this version does not know the event ${named.name}`)
  if (named.version > codec.type.version)
    return unreadable(
      `this version knows ${named.name} up to version ${codec.type.version}, found ${named.version}`
    )
  const id = message.header(headerNames.id)
  const time = Date.parse(message.header(headerNames.time))
  if (id === "" || Number.isNaN(time))
    return unreadable(`expected a ${headerNames.id} and a ${headerNames.time}`)
  try {
    const data = codec.decode(
      upcast(codec.type, named.version, JSON.parse(message.data()) as Record<string, unknown>)
    )
    const recorded = {
      type: named.name,
      data,
      sequence: message.sequence,
      id,
      time,
      boundary: address.boundary,
      source: message.header(headerNames.source),
      cause: optional(message.header(headerNames.cause)),
      correlation: optional(message.header(headerNames.correlation)),
      traceparent: optional(message.header(headerNames.traceparent))
    }
    // The codec was looked up by the name, so the data has the shape that the name promises.
    return recorded as unknown as AnyRecorded
  } catch (cause) {
    return unreadable(cause instanceof Error ? cause.message : String(cause))
  }
}
