/** Restoring from a place that was damaged: what a restore takes of it, into memory or onto a real nats-server. */
import { join } from "node:path"
import { Effect, Layer, Redacted } from "effect"
import { makeLog } from "../../../actors/operator/restore/make-log.ts"
import { restoreLog } from "../../../actors/backup/restore/restore-log.ts"
import { packMessages, type LogRecord } from "../../../actors/backup/segment/messages.ts"
import { rawJetStreamLog, RawLog, type RawMessage } from "../../../infra/event-log/raw-log.ts"
import { sqliteKeyring } from "../../../infra/keyring/sqlite-keyring.ts"
import { Nats } from "../../../infra/nats/connection.ts"
import { startNatsServer } from "../../../infra/nats-server/start.ts"
import { shippedLog } from "../../actors/backup/shipped.ts"
import { temporaryFolder } from "../temporary-folder.ts"

export type Shipped = Effect.Success<ReturnType<typeof shippedLog>>

const isBeginning = (taken: ReadonlyArray<LogRecord>, messages: ReadonlyArray<LogRecord>): boolean =>
  packMessages(taken).equals(packMessages(messages.slice(0, taken.length)))

/** Restores into memory. Answers with what is not as it should be, given the segment that is damaged. */
export const restoresUpTo = Effect.fnUntraced(function* (
  { identity, messages, origin, place }: Shipped,
  damaged: { readonly key: string; readonly first: number; readonly isEnd: boolean }
) {
  const taken: Array<LogRecord> = []
  const into = { add: (more: ReadonlyArray<LogRecord>) => Effect.sync(() => void taken.push(...more)) }
  const found = yield* restoreLog({
    place,
    origin,
    identity,
    point: undefined,
    into,
    onProgress: () => Effect.void
  })
  const wanted = damaged.first - 1
  if (found.upTo !== wanted || taken.length !== wanted) return [`restored up to ${found.upTo}`]
  if (!isBeginning(taken, messages)) return ["restored something else"]
  // Nothing in a place tells that its last segment is missing: whoever shipped it knows.
  if (damaged.isEnd) return []
  if (found.broken?.from === damaged.first && found.broken.key === damaged.key) return []
  return [`not named by restoring: ${found.broken?.key ?? "nothing is"}`]
})

/** What a stream holds, up to an event. */
const readBack = Effect.fnUntraced(function* (upTo: number) {
  const reader = yield* (yield* RawLog).readFrom(1)
  const held: Array<RawMessage> = []
  while (held.length < upTo) held.push(...(yield* reader.next))
  return held.slice(0, upTo)
}, Effect.scoped)

/** Restores onto a nats-server, and reads back what it holds then. */
export const restoresOnServer = Effect.fnUntraced(function* (
  { identity, messages, origin, place }: Shipped,
  binary: string,
  upTo: number
) {
  const stage = yield* temporaryFolder
  const made = yield* makeLog({
    stage,
    binary,
    place,
    origin,
    identity,
    point: undefined,
    forgottenHere: [],
    onProgress: () => Effect.void
  })
  if (made.upTo !== upTo) return [`restored up to ${made.upTo} on a server`]
  const { pass, url, user } = yield* startNatsServer({ binary, dataFolder: stage })
  const services = Layer.provideMerge(
    rawJetStreamLog,
    Layer.merge(
      Nats.layer({ url, user, password: Redacted.make(pass) }, "sweep"),
      sqliteKeyring(join(stage, "keyring.db"))
    )
  )
  const held = yield* Effect.provide(readBack(upTo), services)
  return isBeginning(held, messages) ? [] : ["a server holds something else after restoring"]
}, Effect.scoped)
