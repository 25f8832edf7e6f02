import type { FileHandle } from "node:fs/promises"
import { crc32 } from "node:zlib"
import { Effect } from "effect"
import { Inflate } from "fflate"
import { ChatExportError } from "./error.ts"
import { readAt } from "./file-bytes.ts"
import { chatTextBytesMax, chunkBytes, mebibytes, zipDirectoryBytesMax } from "./limits.ts"
import * as Zip from "./zip-directory.ts"

const damaged = (path: string, found: string) => new ChatExportError({ reason: "damaged", path, found })

/** The files that a .zip declares at its end. Its contents are not read: with media they pass gigabytes. */
export const readEntries = Effect.fnUntraced(function* (path: string, file: FileHandle, size: number) {
  const tailBytes = Math.min(size, Zip.endSearchBytes)
  const end = Zip.readEnd(yield* readAt(path, file, size - tailBytes, tailBytes))
  if (end === undefined) return yield* damaged(path, "a .zip without its end, as of a broken download")
  const directory =
    "zip64At" in end
      ? Zip.readZip64End(yield* readAt(path, file, Math.max(end.zip64At, 0), Zip.zip64EndBytes))
      : end
  if (directory === undefined || directory.bytes < 0 || directory.offset < 0) {
    return yield* damaged(path, "a .zip whose list of files cannot be found")
  }
  if (directory.bytes > zipDirectoryBytesMax) {
    const limit = mebibytes(zipDirectoryBytesMax)
    return yield* damaged(
      path,
      `a list of files of ${mebibytes(directory.bytes)}, over the limit of ${limit}`
    )
  }
  const entries = Zip.readDirectory(yield* readAt(path, file, directory.offset, directory.bytes))
  if (entries === undefined) return yield* damaged(path, "a .zip whose list of files is broken")
  return entries
})

/**
 * Collects unpacked bytes into just the room that the .zip declares. A stream with more, which is a bomb or
 * damaged, makes `take` throw.
 */
const collector = (declaredBytes: number) => {
  const state = { text: new Uint8Array(declaredBytes), filled: 0 }
  const take = (chunk: Uint8Array): void => {
    state.text.set(chunk, state.filled)
    state.filled += chunk.length
  }
  return { state, take }
}

/** An entry's bytes, or undefined when they are broken, or more or fewer than declared. */
const inflateEntry = Effect.fnUntraced(function* (
  path: string,
  file: FileHandle,
  entry: Zip.ZipEntry,
  start: number
) {
  const { state, take } = collector(entry.bytes)
  const inflate = entry.method === Zip.deflated ? new Inflate(take) : undefined
  for (let done = 0; done < entry.compressedBytes;) {
    const length = Math.min(chunkBytes, entry.compressedBytes - done)
    const chunk = yield* readAt(path, file, start + done, length)
    done += length
    const last = done === entry.compressedBytes
    const intact = yield* Effect.try(() =>
      inflate === undefined ? take(chunk) : inflate.push(chunk, last)
    ).pipe(Effect.match({ onFailure: () => false, onSuccess: () => true }))
    if (!intact || chunk.length < length) return undefined
  }
  // A stream that ends early leaves zeros, which the checksum tells as well.
  return crc32(state.text) === entry.crc32 ? state.text : undefined
})

/** Unpacks one entry, never holding more than `chatTextBytesMax` of it, whatever its header declares. */
export const unpack = Effect.fnUntraced(function* (path: string, file: FileHandle, entry: Zip.ZipEntry) {
  if (entry.encrypted) {
    return yield* new ChatExportError({ reason: "encrypted", path, found: `“${entry.name}” with a password` })
  }
  if (entry.method !== Zip.stored && entry.method !== Zip.deflated) {
    const found = `“${entry.name}” packed by method ${entry.method}`
    return yield* new ChatExportError({ reason: "compression", path, found })
  }
  const largest = Math.max(entry.bytes, entry.compressedBytes)
  if (largest > chatTextBytesMax) return yield* tooLarge(path, largest)
  const broken = damaged(path, `“${entry.name}” with broken contents`)
  if (Math.min(entry.bytes, entry.compressedBytes, entry.offset) < 0) return yield* broken
  const headerSize = Zip.localHeaderSize(yield* readAt(path, file, entry.offset, Zip.localHeaderBytes))
  if (headerSize === undefined) return yield* broken
  const text = yield* inflateEntry(path, file, entry, entry.offset + headerSize)
  if (text === undefined) return yield* broken
  return text
})

/** The error that a chat's text is over `chatTextBytesMax`. */
export const tooLarge = (path: string, bytes: number): ChatExportError => {
  const found = `${mebibytes(bytes)} of text, over the limit of ${mebibytes(chatTextBytesMax)}`
  return new ChatExportError({ reason: "too-large", path, found })
}
