/**
 * A list on disk: a line of JSON, and the bytes of all hashes in their order. It is as public as the list itself, and
 * holds nothing of chats.
 */
import { createHash } from "node:crypto"
import { mkdir, open, readFile, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Schema } from "effect"
import { pause } from "../../feeds/feed-file.ts"
import { bytesOfHashes, hashesAtOnce } from "./apply-update.ts"
import { type Hashes, hashesBuilder } from "./hashes.ts"
import { type ListName, listNames, widthOf } from "./list-names.ts"

/** What is known of a list beside its hashes. */
export const ListHead = Schema.Struct({
  name: Schema.String,
  /** The service's own name for what the list holds, in Base64: handed back to it as it is. */
  version: Schema.String,
  /** SHA-256 over the hashes, in hexadecimal. */
  checksum: Schema.String,
  size: Schema.Int
})
export type ListHead = typeof ListHead.Type

/** When a list was last found to be as it is, and when it may be asked for again; milliseconds since 1970. */
export const ListTimes = Schema.Struct({
  checkedAt: Schema.Finite,
  dueAt: Schema.Finite,
  /** Answers that could not be used since. */
  failures: Schema.Int
})
export type ListTimes = typeof ListTimes.Type

const decodeHead = Schema.decodeUnknownSync(Schema.fromJsonString(ListHead))
const decodeTimes = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Record(Schema.String, ListTimes)))

const headBytesMax = 4_096
const pathOf = (folder: string, name: ListName) => join(folder, `${name}.list`)
const timesPath = (folder: string) => join(folder, "times.json")

/** Writes a list; the file is the one before or this one, whatever happens. */
export const writeList = async (folder: string, head: ListHead, hashes: Hashes): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${head.name}.list`)
  const file = await open(`${path}.new`, "w")
  try {
    await file.write(Buffer.from(`${JSON.stringify(head)}\n`))
    for await (const bytes of bytesOfHashes(hashes)) await file.write(bytes)
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}

const headIn = async (file: Awaited<ReturnType<typeof open>>): Promise<{ head: ListHead; from: number }> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytesMax), 0, headBytesMax, 0)
  const end = buffer.subarray(0, bytesRead).indexOf("\n")
  return { head: decodeHead(buffer.toString("utf8", 0, Math.max(0, end))), from: end + 1 }
}

/** Reads the line before the hashes; undefined where there is no such file, or it is damaged. */
export const readListHead = async (folder: string, name: ListName): Promise<ListHead | undefined> => {
  const file = await open(pathOf(folder, name)).catch(() => undefined)
  if (file === undefined) return undefined
  return headIn(file)
    .then(({ head }) => head)
    .catch(() => undefined)
    .finally(() => file.close())
}

/** Reads a list; undefined where there is none, or its hashes are not those that were written. */
export const readList = async (
  folder: string,
  name: ListName
): Promise<{ readonly head: ListHead; readonly hashes: Hashes } | undefined> => {
  const file = await open(pathOf(folder, name)).catch(() => undefined)
  if (file === undefined) return undefined
  try {
    const { from, head } = await headIn(file)
    const width = widthOf(name)
    const { size } = await file.stat()
    if (head.name !== name || size !== from + head.size * width) return undefined
    const builder = hashesBuilder(width, head.size)
    const sum = createHash("sha256")
    const part = Buffer.alloc(hashesAtOnce * width)
    const words = new Uint32Array(part.length / Uint32Array.BYTES_PER_ELEMENT)
    for (let at = from; at < size;) {
      const { bytesRead } = await file.read(part, 0, Math.min(part.length, size - at), at)
      if (bytesRead === 0 || bytesRead % width !== 0) return undefined
      sum.update(part.subarray(0, bytesRead))
      for (let byte = 0; byte < bytesRead; byte += Uint32Array.BYTES_PER_ELEMENT)
        words[byte / Uint32Array.BYTES_PER_ELEMENT] = part.readUInt32BE(byte)
      for (let byte = 0; byte < bytesRead; byte += width)
        builder.add(words, byte / Uint32Array.BYTES_PER_ELEMENT)
      at += bytesRead
      await pause()
    }
    return sum.digest("hex") === head.checksum ? { head, hashes: builder.built() } : undefined
  } catch {
    return undefined
  } finally {
    await file.close()
  }
}

export const writeTimes = async (folder: string, times: ReadonlyMap<ListName, ListTimes>): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(`${timesPath(folder)}.new`, JSON.stringify(Object.fromEntries(times)))
  await rename(`${timesPath(folder)}.new`, timesPath(folder))
}

/** The times of all lists; none where there is no such file, or it is damaged. */
export const readTimes = async (folder: string): Promise<Map<ListName, ListTimes>> => {
  const read = await readFile(timesPath(folder), "utf8")
    .then(decodeTimes)
    .catch((): Record<string, ListTimes> => ({}))
  return new Map(listNames.flatMap((name) => (read[name] === undefined ? [] : [[name, read[name]] as const])))
}
