/** Reading the part of a log that is in files. One file is in memory for each reader. */
import { Effect } from "effect"
import { DamagedLog, LogUnavailable } from "../event-log.ts"
import type { RawMessage } from "../packed-messages.ts"
import {
  type Archived,
  archiveFolder,
  indexPath,
  LogFolder,
  readArchived,
  readIndex
} from "./archive-files.ts"
import { type ArchivedFile, type ArchiveIndex, nameOf } from "./archive-index.ts"

export interface Archive {
  readonly index: ArchiveIndex
  /** The last event of a boundary in files, by its subject filter; 0 where it has none there. */
  readonly headOf: (boundary: string) => number
  /** The file that an event lies in. */
  readonly fileOf: (sequence: number) => ArchivedFile | undefined
  /** The events of a file. Fails where it is not there as it was written. */
  readonly load: (file: ArchivedFile) => Effect.Effect<ReadonlyArray<RawMessage>, DamagedLog>
}

const damagedFile = (folder: string, file: ArchivedFile): DamagedLog =>
  new DamagedLog({
    expected: file.first,
    found: file.last + 1,
    file: nameOf(file),
    message: `expected events ${file.first} to ${file.last} in ${folder}/${nameOf(file)} as they were written, found it missing or damaged. Is the disk of the archive there? \`wadjet mend\` brings it back from a backup`
  })

/** Half of the files on either side, until one is left. */
const find = (files: ReadonlyArray<ArchivedFile>, sequence: number): ArchivedFile | undefined => {
  let [from, to] = [0, files.length]
  while (from < to) {
    const middle = Math.floor((from + to) / 2)
    const file = files[middle]!
    if (sequence < file.first) to = middle
    else if (sequence > file.last) from = middle + 1
    else return file
  }
  return undefined
}

/** An archive whose index is known. What was read last is not read again as long as anybody holds it. */
export const archiveAt = (folder: string, index: ArchiveIndex): Archive => {
  let lately:
    | { readonly file: ArchivedFile; readonly messages: WeakRef<ReadonlyArray<RawMessage>> }
    | undefined
  return {
    index,
    headOf: (boundary) => index.heads[boundary] ?? 0,
    fileOf: (sequence) => find(index.files, sequence),
    load: Effect.fnUntraced(function* (file) {
      const known = lately?.file === file ? lately.messages.deref() : undefined
      if (known !== undefined) return known
      const messages = yield* Effect.promise(() => readArchived(folder, file))
      if (messages === undefined) return yield* damagedFile(folder, file)
      lately = { file, messages: new WeakRef(messages) }
      return messages
    })
  }
}

const unreadable = (why: string) =>
  new LogUnavailable({
    operation: "read the archive",
    message: `the earlier part of this log is in files, and ${why}`
  })

/**
 * The archive that a stream names, or `undefined` where it names none. Without its index nobody could tell where a
 * boundary ended, and so what may be appended: then it fails.
 */
export const openArchive = Effect.fn("openArchive")(function* (archived: Archived | undefined) {
  if (archived === undefined) return undefined
  const dataFolder = yield* LogFolder
  if (dataFolder === undefined) return yield* unreadable("expected to know its data folder, found none")
  const index = readIndex(dataFolder, archived)
  if (index?.upTo !== archived.upTo)
    return yield* unreadable(
      `expected their index in ${indexPath(dataFolder)} as it was written, found it missing or damaged. Stop Wadjet, and run \`wadjet mend\``
    )
  return archiveAt(archiveFolder(dataFolder), index)
})
