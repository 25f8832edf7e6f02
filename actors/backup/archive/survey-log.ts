/** What archiving a log would come to, without writing anything: all of it is read, and every place with it. */
import { Effect } from "effect"
import { headerNames } from "../../../contracts/envelope.ts"
import type { ArchiveIndex } from "../../../infra/event-log/archive/archive-index.ts"
import { makeArchive } from "../../../infra/event-log/archive/make-archive.ts"
import { headerIn } from "../../../infra/event-log/header-block.ts"
import type { RawLogService, RawMessage } from "../../../infra/event-log/raw-log.ts"
import type { Place } from "../places/place.ts"
import type { Origin } from "../segment/segment.ts"
import { type HeldUpTo, holdAgainstLog } from "./hold-against-log.ts"

export interface SurveyOptions {
  readonly raw: RawLogService
  /** What of the log is in files already. */
  readonly before: ArchiveIndex
  /** The last event that is to be in files, and the last of the log. */
  readonly upTo: number
  readonly last: number
  readonly places: ReadonlyArray<Place>
  readonly origin: Origin
  readonly onProgress: (events: number) => Effect.Effect<void>
}

export interface Survey {
  /** Events that go into files, their bytes in the log, and what the files take. */
  readonly archived: {
    readonly events: number
    readonly bytes: number
    readonly packedBytes: number
    readonly files: number
  }
  /** When the last of them happened, in milliseconds since the epoch; null where it does not say. */
  readonly upToTime: number | null
  /** What stays in the stream. */
  readonly kept: { readonly events: number; readonly bytes: number }
  readonly places: ReadonlyArray<HeldUpTo>
}

const sizeOf = ({ data, headers, subject }: RawMessage): number =>
  subject.length + headers.length + data.length

const total = (messages: ReadonlyArray<RawMessage>): number =>
  messages.reduce((sum, message) => sum + sizeOf(message), 0)

const timeOf = (message: RawMessage | undefined): number | null => {
  const time = message === undefined ? Number.NaN : Date.parse(headerIn(message.headers, headerNames.time))
  return Number.isNaN(time) ? null : time
}

/** Surveys a log. Fails where the log has a hole, or a place cannot be asked. */
export const surveyLog = Effect.fn("surveyLog")(function* (options: SurveyOptions) {
  const { before, last, onProgress, origin, places, raw, upTo } = options
  const holdings = yield* Effect.forEach(places, (place) => holdAgainstLog(place, origin, upTo))
  let packedBytes = 0
  const making = makeArchive(before, (_, packed) => Effect.sync(() => void (packedBytes += packed.length)))
  const bytes = { archived: 0, kept: 0 }
  let upToTime: number | null = null
  const reader = yield* raw.readFrom(1)
  for (let read = 0; read < last;) {
    const messages = (yield* reader.next).filter(({ sequence }) => sequence <= last)
    read = messages.at(-1)?.sequence ?? last
    const fresh = messages.filter(({ sequence }) => sequence > before.upTo && sequence <= upTo)
    upToTime = timeOf(fresh.at(-1)) ?? upToTime
    bytes.archived += total(fresh)
    bytes.kept += total(messages.filter(({ sequence }) => sequence > upTo))
    yield* making.add(fresh)
    yield* Effect.forEach(holdings, ({ take }) => take(messages), { discard: true })
    yield* onProgress(read)
  }
  const { files } = yield* making.finish
  return {
    archived: {
      events: upTo - before.upTo,
      bytes: bytes.archived,
      packedBytes,
      files: files.length - before.files.length
    },
    upToTime,
    kept: { events: last - upTo, bytes: bytes.kept },
    places: holdings.map(({ held }) => held())
  } satisfies Survey
}, Effect.scoped)
