/**
 * Bringing back files of the archive that are missing or damaged, from what a place holds of their events: a file is
 * written again only where it comes out as it was. An index that is lost is made again from the files.
 */
import { existsSync, readdirSync } from "node:fs"
import { Effect, type Scope, Stream } from "effect"
import {
  type Archived,
  archiveFolder,
  indexPath,
  readArchived,
  readIndex,
  writeArchived,
  writeIndex
} from "../../../infra/event-log/archive/archive-files.ts"
import {
  type ArchivedFile,
  type ArchiveIndex,
  encodeIndex,
  nameOf,
  nothingArchived,
  parseName,
  sha256
} from "../../../infra/event-log/archive/archive-index.ts"
import { makeArchive, packFile } from "../../../infra/event-log/archive/make-archive.ts"
import type { LogUnavailable } from "../../../infra/event-log/event-log.ts"
import type { RawMessage } from "../../../infra/event-log/raw-log.ts"
import type { Place, PlaceFailed } from "../places/place.ts"
import { readChain } from "../restore/read-chain.ts"
import type { Identity } from "../segment/seal.ts"
import type { Origin } from "../segment/segment.ts"
import { Unmendable } from "../verify/mend-log.ts"

export interface MendArchiveOptions {
  readonly dataFolder: string
  /** What the stream says of its archive. */
  readonly archived: Archived
  readonly place: Place
  readonly origin: Origin
  readonly identity: Identity
}

type Extent = Pick<ArchivedFile, "first" | "last">

const unmendable = ({ first, last }: Extent, message: string) =>
  new Unmendable({ from: first, to: last, message })

/** The files that are wanted, in their order, each with what is known of it. */
const wantedFiles = (folder: string, index: ArchiveIndex | undefined): ReadonlyArray<ArchivedFile> => {
  if (index !== undefined) return index.files
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names
    .flatMap((name) => parseName(name) ?? [])
    .map((found) => ({ ...found, bytes: Number.MAX_SAFE_INTEGER, events: [] }))
    .toSorted((one, other) => one.first - other.first)
}

/** What lies between files, where there is no index to say how it was cut. */
const between = (files: ReadonlyArray<Extent>, upTo: number): ReadonlyArray<Extent> => {
  const gaps: Array<Extent> = []
  let next = 1
  for (const { first, last } of files) {
    if (first > next) gaps.push({ first: next, last: first - 1 })
    next = Math.max(next, last + 1)
  }
  return next > upTo ? gaps : [...gaps, { first: next, last: upTo }]
}

/** Hands the events of each extent over, whole, as far as a place has them. */
const fromPlace = Effect.fnUntraced(function* (
  { identity, origin, place }: MendArchiveOptions,
  extents: ReadonlyArray<Extent>,
  take: (
    extent: Extent,
    messages: ReadonlyArray<RawMessage>
  ) => Effect.Effect<void, LogUnavailable | Unmendable>
) {
  const end = extents.at(-1)?.last ?? 0
  const left = [...extents]
  let held: Array<RawMessage> = []
  const takePart = Effect.fnUntraced(function* (messages: ReadonlyArray<RawMessage>) {
    for (const message of messages) {
      const wanted = left[0]
      if (wanted === undefined || message.sequence < wanted.first) continue
      held.push(message)
      if (message.sequence < wanted.last) continue
      const whole = held
      held = []
      left.shift()
      yield* take(wanted, whole)
    }
  })
  yield* readChain(place, origin, identity).pipe(
    Stream.takeWhile(({ first }) => first <= end),
    Stream.runForEach(({ first, messages }) =>
      takePart(messages.map((message, index) => ({ ...message, sequence: first + index })))
    ),
    Effect.catchTag("ChainBroken", () => Effect.void)
  )
  const missing = left[0]
  if (missing !== undefined)
    return yield* unmendable(
      missing,
      `expected events ${missing.first} to ${missing.last} in the archive or at ${place.name}, found them in neither`
    )
})

/** The index of all files, read one after another. */
const indexOf = Effect.fnUntraced(function* (folder: string, files: ReadonlyArray<ArchivedFile>) {
  let index = nothingArchived
  for (const file of files) {
    const messages = yield* Effect.promise(() => readArchived(folder, file))
    if (messages === undefined) return undefined
    const making = makeArchive(index, () => Effect.void)
    yield* making.add(messages)
    index = yield* making.finish
  }
  return index
})

/** Makes an archive whole, and answers with how many events came back. Nothing that is whole is touched. */
export const mendArchive = Effect.fn("mendArchive")(function* (
  options: MendArchiveOptions
): Effect.fn.Return<number, Unmendable | LogUnavailable | PlaceFailed, Scope.Scope> {
  const { archived, dataFolder, place } = options
  const folder = archiveFolder(dataFolder)
  const known = readIndex(dataFolder, archived)
  const whole: Array<ArchivedFile> = []
  const broken: Array<ArchivedFile> = []
  for (const file of wantedFiles(folder, known).filter(({ last }) => last <= archived.upTo)) {
    const found = yield* Effect.promise(() => readArchived(folder, file))
    ;(found === undefined ? broken : whole).push(file)
  }
  let filled = 0
  const restored: Array<ArchivedFile> = []
  const put = Effect.fnUntraced(function* (extent: Extent, messages: ReadonlyArray<RawMessage>) {
    const { file, packed } = yield* Effect.promise(() => packFile(messages))
    const wanted = broken.find(({ first, last }) => first === extent.first && last === extent.last)
    if (wanted !== undefined && wanted.sha256 !== file.sha256)
      return yield* unmendable(
        extent,
        `expected the events of ${nameOf(wanted)} at ${place.name}, found others`
      )
    yield* writeArchived(folder, file, packed)
    restored.push(file)
    filled += messages.length
  })
  const missing = known === undefined ? between(whole, archived.upTo) : broken
  if (missing.length > 0) yield* fromPlace(options, missing, put)
  if (known !== undefined) return filled
  const files = [...whole, ...restored].toSorted((one, other) => one.first - other.first)
  const index = yield* indexOf(folder, files)
  if (index === undefined || sha256(encodeIndex(index)) !== archived.digest)
    return yield* unmendable(
      { first: 1, last: archived.upTo },
      `expected the files in ${folder} to be those that ${indexPath(dataFolder)} named, found others`
    )
  yield* writeIndex(dataFolder, index)
  return filled
})
