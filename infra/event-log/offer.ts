/** From entries to the messages that are offered to a log, whichever log that is. */
import { Effect } from "effect"
import { boundarySubject } from "../../contracts/subjects.ts"
import type { KeyringService } from "../keyring/keyring.ts"
import type { OutgoingMessage } from "./append.ts"
import { addressOf, encodeEntry, keysFor } from "./codec.ts"
import { type Entry, FactRefused, LogUnavailable, type Provenance } from "./event-log.ts"

export interface OfferedMessage extends OutgoingMessage {
  readonly id: string
  /** The subject filter of its consistency boundary. */
  readonly boundary: string
}

/** The most entries of one append: what nats-server takes as one atomic batch. */
export const entriesMax = 1_000

/** The bytes of a message as NATS counts them: a status line, headers as `name: value` lines, and the data. */
const sizeOf = (message: OfferedMessage): number =>
  message.headers.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value) + 4,
    Buffer.byteLength(message.data) + headerOverheadBytes
  )

/** The status line, and room for the expectation and batch headers that are added when it is sent. */
const headerOverheadBytes = 512

/**
 * Seals and encodes entries. An id that comes twice is offered once, for the log would refuse the whole batch;
 * what is larger than the log takes is refused here, by name.
 */
export const offer = Effect.fnUntraced(function* (
  keyring: KeyringService,
  entries: ReadonlyArray<Entry>,
  provenance: Provenance,
  nowMillis: number,
  messageMaxBytes: number
) {
  const ids = new Set<string>()
  const once = entries.filter(({ id }) => !ids.has(id) && ids.add(id))
  if (once.length > entriesMax)
    return yield* new FactRefused({
      fact: once[0]!.fact.type,
      message: `expected at most ${entriesMax} facts in one append, found ${once.length}: append them in parts`
    })
  // One by one, each key that is missing would be waited for until it is on the disk.
  if (once.length > 1)
    yield* keyring
      .makeKeys(once.flatMap((entry) => keysFor(entry, nowMillis)))
      .pipe(Effect.mapError(({ message }) => new LogUnavailable({ operation: "make keys", message })))
  return yield* Effect.forEach(
    once,
    Effect.fnUntraced(function* (entry) {
      const encoded = yield* encodeEntry(keyring, entry, provenance, nowMillis)
      const at = addressOf(keyring.account, entry.fact)
      const boundary = boundarySubject(keyring.account, at.context, at.boundary)
      const expected = entry.expected === undefined ? undefined : { sequence: entry.expected, boundary }
      const message: OfferedMessage = { ...encoded, id: entry.id, boundary, expected }
      const size = sizeOf(message)
      if (size <= messageMaxBytes) return message
      return yield* new FactRefused({
        fact: entry.fact.type,
        message: `expected ${entry.fact.type} to take at most ${messageMaxBytes} bytes with its headers, found ${size}`
      })
    })
  )
})
