/** A log whose earlier part is in files, to whoever reads it: one log, from its first event on. */
import { Effect, Stream } from "effect"
import type { EventName } from "../../../contracts/catalogue.ts"
import type { AccountId } from "../../../contracts/ids.ts"
import { boundarySubject } from "../../../contracts/subjects.ts"
import { decodeMessage, type StoredMessage } from "../codec.ts"
import type {
  Batch,
  DamagedLog,
  EventLogService,
  LogEvent,
  LogUnavailable,
  ReadOptions
} from "../event-log.ts"
import type { RawMessage } from "../packed-messages.ts"
import { LogUnavailable as Unavailable } from "../event-log.ts"
import { headerIn } from "../header-block.ts"
import { listeningTo } from "../listening.ts"
import type { ArchivedFile } from "./archive-index.ts"
import type { Archive } from "./read-archive.ts"

/** The most events of one batch where a reader does not say. */
const batchMaxByDefault = 500

const storedOf = ({ data, headers, sequence, subject }: RawMessage): StoredMessage => ({
  sequence,
  subject,
  header: (name) => headerIn(headers, name),
  data: () => Buffer.from(data.buffer, data.byteOffset, data.length).toString("utf8")
})

const decoded = (message: RawMessage): LogEvent => decodeMessage(storedOf(message))

/** Whether a file may hold what a reader wants, by the kinds of events that lie in it. */
const mayHold = ({ contexts = [], events, within = [] }: ReadOptions) => {
  if (events === undefined && contexts.length === 0 && within.length === 0) return () => true
  const names = new Set<string>(events)
  const whole = new Set<string>([...contexts, ...within.map(({ context }) => context)])
  return (file: ArchivedFile) =>
    file.events.some((name) => names.has(name) || whole.has(name.slice(0, name.indexOf("."))))
}

/** A file at a time, and of each as many events at once as the reader takes. */
const batchesOf = (archive: Archive, options: ReadOptions): Stream.Stream<Batch, DamagedLog> => {
  const { batchMax = batchMaxByDefault, from } = options
  const { files, upTo: end } = archive.index
  const accepts = listeningTo(options)
  const holds = mayHold(options)
  let reached = from - 1
  const batch = (events: ReadonlyArray<LogEvent>, upTo: number): Batch => {
    reached = upTo
    // At least one that the server has to speak of: nobody has caught up before.
    return { events, upTo, pending: end - upTo + 1 }
  }

  const inFile = (file: ArchivedFile) =>
    Effect.map(archive.load(file), (messages) => {
      const batches: Array<Batch> = []
      let events: Array<LogEvent> = []
      for (const message of messages) {
        if (message.sequence < from || !accepts(message.subject)) continue
        events.push(decoded(message))
        if (events.length < batchMax) continue
        batches.push(batch(events, message.sequence))
        events = []
      }
      if (events.length > 0) batches.push(batch(events, file.last))
      return batches
    })
  return Stream.fromIterable(files.filter((file) => file.last >= from && holds(file))).pipe(
    Stream.mapEffect(inFile),
    Stream.flatMap((batches) => Stream.fromIterable(batches)),
    // Where nothing of the last files was wanted, the place in the log moves on all the same.
    Stream.concat(Stream.suspend(() => (reached < end ? Stream.succeed(batch([], end)) : Stream.empty)))
  )
}

const unavailable = (operation: string) => (error: DamagedLog) =>
  new Unavailable({ operation, message: error.message })

/** The newest event of some kinds, from one on. */
const lastAmong = Effect.fnUntraced(function* (
  archive: Archive,
  events: ReadonlyArray<EventName>,
  from: number
) {
  const options = { from, events }
  const accepts = listeningTo(options)
  const files = archive.index.files.filter((file) => file.last >= from).filter(mayHold(options))
  for (const file of files.toReversed()) {
    const found = (yield* archive.load(file)).findLast(
      ({ sequence, subject }) => sequence >= from && accepts(subject)
    )
    if (found !== undefined) return found.sequence
  }
  return 0
})

type Live = Pick<EventLogService, "read" | "get" | "lastOf" | "lastAmong">

/** The same questions about the whole log, of which `live` answers for what the server has. */
export const overArchive = (archive: Archive | undefined, account: AccountId, live: Live): Live => {
  if (archive === undefined) return live
  const { upTo } = archive.index
  return {
    read: (options): Stream.Stream<Batch, LogUnavailable | DamagedLog> =>
      options.from > upTo
        ? live.read(options)
        : Stream.concat(batchesOf(archive, options), live.read({ ...options, from: upTo + 1 })),
    get: (sequence) => {
      const file = archive.fileOf(sequence)
      if (file === undefined) return live.get(sequence)
      return archive.load(file).pipe(
        Effect.map((messages) => decoded(messages[sequence - file.first]!)),
        Effect.mapError(unavailable("show an event"))
      )
    },
    lastOf: (context, boundary) =>
      Effect.map(live.lastOf(context, boundary), (last) =>
        last === 0 ? archive.headOf(boundarySubject(account, context, boundary)) : last
      ),
    lastAmong: (events, from) =>
      Effect.flatMap(live.lastAmong(events, from), (last) =>
        last > 0 || from > upTo
          ? Effect.succeed(last)
          : Effect.mapError(lastAmong(archive, events, from), unavailable("show what was added"))
      )
  }
}
