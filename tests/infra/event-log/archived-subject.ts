/** The JetStream log with its first events in files, as archiving leaves it. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { Effect, Layer } from "effect"
import {
  archiveFolder,
  LogFolder,
  writeArchived,
  writeIndex
} from "../../../infra/event-log/archive/archive-files.ts"
import { nothingArchived } from "../../../infra/event-log/archive/archive-index.ts"
import { makeArchive } from "../../../infra/event-log/archive/make-archive.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { jetStreamLog } from "../../../infra/event-log/jetstream-log.ts"
import { RawLog, rawJetStreamLog, type RawMessage } from "../../../infra/event-log/raw-log.ts"
import { beginLog } from "../../../infra/event-log/rebuild-log.ts"
import { eventStream } from "../../../contracts/streams.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { Nats } from "../../../infra/nats/connection.ts"
import { temporaryFolder } from "../../faults/temporary-folder.ts"
import { ownNats } from "./jetstream-subject.ts"

/** Everything that a log holds, as it is stored. */
export const rawEvents = Effect.gen(function* () {
  const raw = yield* RawLog
  const last = yield* Effect.flatMap(EventLog, (log) => log.last)
  const reader = yield* raw.readFrom(1)
  const messages: Array<RawMessage> = []
  while (messages.length < last) messages.push(...(yield* reader.next))
  return messages
}).pipe(Effect.scoped)

/** The same as text, to compare. */
export const shownEvents = Effect.map(rawEvents, (messages) => messages.map(shown))

/** A message as it is stored, whichever bytes its data are. */
export const shown = ({ data, ...message }: RawMessage) => ({
  ...message,
  data: Buffer.from(data).toString("utf8")
})

/** What a log on a server holds, and what each part of it would be. */
const contentOf = rawEvents.pipe(Effect.provide(Layer.fresh(Layer.mergeAll(jetStreamLog, rawJetStreamLog))))

/**
 * Moves the log of one server to another, of which so many events are in files, and answers with the layer of it.
 * `fileEvents` at a time go into one file.
 */
export const archivedCopy = Effect.fnUntraced(function* (upTo: number, fileEvents: number) {
  const keyring = Layer.succeed(Keyring, yield* Keyring)
  const messages = yield* contentOf
  const dataFolder = yield* temporaryFolder
  mkdirSync(join(dataFolder, "nats"), { recursive: true })
  const nats = yield* Layer.build(ownNats)
  const folder = archiveFolder(dataFolder)
  let index = nothingArchived
  for (let first = 0; first < upTo; first += fileEvents) {
    const making = makeArchive(index, (file, packed) => writeArchived(folder, file, packed))
    yield* making.add(messages.slice(first, Math.min(upTo, first + fileEvents)))
    index = yield* making.finish
  }
  const into = yield* Effect.provideContext(
    Effect.flatMap(Nats, (it) => beginLog(it, upTo + 1)),
    nats
  )
  yield* into.add(messages.slice(upTo))
  yield* into.finish("archived", upTo, yield* writeIndex(dataFolder, index))
  const base = Layer.mergeAll(Layer.succeedContext(nats), keyring, Layer.succeed(LogFolder, dataFolder))
  const context = yield* Layer.build(
    Layer.provideMerge(Layer.fresh(Layer.mergeAll(jetStreamLog, rawJetStreamLog)), base)
  )
  return { dataFolder, index, messages, context, stream: eventStream.name }
})
