/** The files of an archive on the disk: where they lie, written durably, and read as they were written. */
import { readFileSync } from "node:fs"
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { zstdDecompress } from "node:zlib"
import { Context, Effect } from "effect"
import { LogUnavailable } from "../event-log.ts"
import { unpackMessages, type RawMessage } from "../packed-messages.ts"
import {
  type ArchivedFile,
  type ArchiveIndex,
  decodeIndex,
  encodeIndex,
  fileBytesMax,
  nameOf,
  nothingArchived,
  sha256
} from "./archive-index.ts"

/** The data folder that a log belongs to. Only a log of which a part is in files has need of it. */
export const LogFolder = Context.Reference<string | undefined>("wadjet/infra/LogFolder", {
  defaultValue: () => undefined
})

/** Where the files are; a symbolic link there leads to another disk. */
export const archiveFolder = (dataFolder: string): string => join(dataFolder, "archive")
/** The index goes where the stream goes, so that the two are exchanged as one. */
export const indexPath = (dataFolder: string): string => join(dataFolder, "nats", "archive.json")

/** What a stream says of the part before it. */
export interface Archived {
  readonly upTo: number
  /** Of the index. */
  readonly digest: string
}

/** More than any file holds: the largest event behind all others that fit. */
const plainBytesMax = 64 * 1024 * 1024

/** Opened in few steps, not in hundreds: each is a way to a thread and back. */
const chunkBytesMin = 64 * 1024

const decompress = promisify(zstdDecompress)

const synced = async (path: string, bytes?: Uint8Array | string) => {
  const file = await open(path, bytes === undefined ? "r" : "w", 0o600)
  try {
    if (bytes !== undefined) await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

const trying = <A>(operation: string, run: () => Promise<A>) =>
  Effect.tryPromise({
    try: run,
    catch: (cause) =>
      new LogUnavailable({
        operation,
        message: `expected to ${operation}, found: ${cause instanceof Error ? cause.message : String(cause)}`
      })
  })

/** Writes a file of an archive, on the disk when this answers: whole under its name, or not there. */
export const writeArchived = (folder: string, file: ArchivedFile, packed: Uint8Array) =>
  trying("write a file of the archive", async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, nameOf(file))
    await synced(`${path}.unfinished`, packed)
    await rename(`${path}.unfinished`, path)
    await synced(folder)
  })

/** Writes the index of an archive into a data folder, and answers with what its stream is to say of it. */
export const writeIndex = (dataFolder: string, index: ArchiveIndex) =>
  trying("write the index of the archive", async () => {
    const text = encodeIndex(index)
    await synced(`${indexPath(dataFolder)}.unfinished`, text)
    await rename(`${indexPath(dataFolder)}.unfinished`, indexPath(dataFolder))
    return { upTo: index.upTo, digest: sha256(text) } satisfies Archived
  })

/** Reads the index that a stream names; `undefined` where it is missing, or not as it was written. */
export const readIndex = (dataFolder: string, archived: Archived | undefined): ArchiveIndex | undefined => {
  if (archived === undefined) return nothingArchived
  try {
    return decodeIndex(readFileSync(indexPath(dataFolder), "utf8"), archived.digest)
  } catch {
    return undefined
  }
}

/** Deletes what an index does not name: what was begun and came to nothing. */
export const sweepArchive = (folder: string, { files }: ArchiveIndex) =>
  trying("tidy the archive", async () => {
    const named = new Set(files.map(nameOf))
    const found = await readdir(folder).catch((): ReadonlyArray<string> => [])
    const left = found.filter((name) => /\.zst(?:\.unfinished)?$/u.test(name) && !named.has(name))
    for (const name of left) await rm(join(folder, name))
    return left.length
  })

/** The events of a file, or `undefined` where it is missing or not as it was written. */
export const readArchived = async (
  folder: string,
  { bytes, first, last, sha256: digest }: ArchivedFile
): Promise<ReadonlyArray<RawMessage> | undefined> => {
  try {
    const packed = await readFile(join(folder, nameOf({ first, last, sha256: digest })))
    const maxOutputLength = Math.min(Math.max(1, bytes), plainBytesMax)
    const chunkSize = Math.max(chunkBytesMin, Math.min(maxOutputLength, fileBytesMax))
    const plain = await decompress(packed, { maxOutputLength, chunkSize })
    if (sha256(plain) !== digest) return undefined
    const messages = unpackMessages(plain)
    if (messages?.length !== last - first + 1) return undefined
    return messages.map((message, index) => ({ ...message, sequence: first + index }))
  } catch {
    return undefined
  }
}

/** The bytes that the files of an index take on the disk, and the names of those that are not there. */
export const measureArchive = (folder: string, { files }: ArchiveIndex) =>
  Effect.promise(async () => {
    let bytes = 0
    const missing: Array<string> = []
    for (const name of files.map(nameOf)) {
      const found = await stat(join(folder, name)).catch(() => undefined)
      if (found === undefined) missing.push(name)
      else bytes += found.size
    }
    return { bytes, missing }
  })
