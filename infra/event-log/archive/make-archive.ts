/** Putting events into files, one after another, and noting what lies in each. */
import { promisify } from "node:util"
import { constants, zstdCompress } from "node:zlib"
import { Effect } from "effect"
import { packMessages, type RawMessage } from "../packed-messages.ts"
import {
  type ArchivedFile,
  type ArchiveIndex,
  fileBytesMax,
  fileEventsMax,
  notedOf,
  sha256
} from "./archive-index.ts"

const compress = promisify(zstdCompress)
/** Damage is found while it is opened, before its events are held against their digest. */
const params = { [constants.ZSTD_c_checksumFlag]: 1 }

const sizeOf = ({ data, headers, subject }: RawMessage): number =>
  subject.length + headers.length + data.length

/** Makes one file of events, and what an index says of it. */
export const packFile = async (messages: ReadonlyArray<RawMessage>) => {
  const plain = packMessages(messages)
  const file: ArchivedFile = {
    first: messages[0]!.sequence,
    last: messages.at(-1)!.sequence,
    sha256: sha256(plain),
    bytes: plain.length,
    events: [...new Set(messages.map(({ subject }) => notedOf(subject).event))].toSorted()
  }
  return { file, packed: await compress(plain, { params, chunkSize: fileBytesMax }) }
}

export interface ArchiveMaker<E> {
  /** Takes events that follow those before. */
  readonly add: (messages: ReadonlyArray<RawMessage>) => Effect.Effect<void, E>
  /** Ends the last file, and answers with the index of all of them. */
  readonly finish: Effect.Effect<ArchiveIndex, E>
}

/**
 * Makes files behind those of an index. `put` is given each of them: to store it, or only to count it.
 *
 * @example
 * const making = makeArchive(nothingArchived, (file, packed) => …)
 * yield* making.add(messages)
 * const index = yield* making.finish
 */
export const makeArchive = <E>(
  before: ArchiveIndex,
  put: (file: ArchivedFile, packed: Buffer) => Effect.Effect<void, E>
): ArchiveMaker<E> => {
  const files = [...before.files]
  const heads = new Map(Object.entries(before.heads))
  let { upTo } = before
  let waiting: Array<RawMessage> = []
  let bytes = 0

  const end = Effect.gen(function* () {
    const messages = waiting
    if (messages.length === 0) return
    waiting = []
    bytes = 0
    const { file, packed } = yield* Effect.promise(() => packFile(messages))
    yield* put(file, packed)
    files.push(file)
  })

  const addOne = Effect.fnUntraced(function* (message: RawMessage) {
    if (message.sequence !== upTo + 1)
      return yield* Effect.die(new Error(`expected event ${upTo + 1} to archive, found ${message.sequence}`))
    upTo = message.sequence
    const { boundary } = notedOf(message.subject)
    if (boundary !== undefined) heads.set(boundary, upTo)
    waiting.push(message)
    bytes += sizeOf(message)
    if (waiting.length >= fileEventsMax || bytes >= fileBytesMax) yield* end
  })

  return {
    add: (messages) => Effect.forEach(messages, addOne, { discard: true }),
    finish: Effect.map(end, () => ({ version: 1, upTo, files, heads: Object.fromEntries(heads) }))
  }
}
