/**
 * Files that are sent lie in a folder, where whoever asks has put them. Whether one can be sent is judged in the same
 * way by who takes a job, by the sandbox and by the way to WhatsApp.
 */
import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { open } from "node:fs/promises"
import { join } from "node:path"
import { Context, Effect, Schema } from "effect"
import { type MediaReference, mediaBytesMax } from "../../contracts/outbox.ts"
import { beginsLike, signatureBytes } from "./signatures.ts"

/** A file cannot be sent as it is: the sentence says what was expected of it, and what was found. */
export class MediaUnusable extends Schema.TaggedError<MediaUnusable>()("MediaUnusable", {
  message: Schema.String
}) {}

/** The folder, in a process that has it. Elsewhere nothing is known of files until they are sent. */
export const MediaFolder = Context.Reference<string | undefined>("wadjet/MediaFolder", {
  defaultValue: () => undefined
})

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

const foundInstead = (error: unknown): string =>
  error instanceof Error && "code" in error && error.code === "ENOENT"
    ? "found none: put it there"
    : `found one that cannot be read: ${reasonOf(error)}`

const unusable = (message: string) => new MediaUnusable({ message })

/** Its size, whether it is a file, and how it begins. */
const looked = (path: string, file: string) =>
  Effect.tryPromise({
    try: async () => {
      await using handle = await open(path)
      const found = await handle.stat()
      const { buffer, bytesRead } = found.isFile()
        ? await handle.read(Buffer.alloc(signatureBytes), 0, signatureBytes, 0)
        : { buffer: Buffer.alloc(0), bytesRead: 0 }
      return { isFile: found.isFile(), size: found.size, beginning: buffer.subarray(0, bytesRead) }
    },
    catch: (error) => unusable(`expected the file ${file} in the folder media, ${foundInstead(error)}`)
  })

/** The path of a file that is there, of a size that WhatsApp takes and of the type that it is said to be. */
export const findMedia = Effect.fnUntraced(function* (
  folder: string,
  { file, kind, mime }: MediaReference
): Effect.fn.Return<string, MediaUnusable> {
  if (kind !== "document" && !mime.toLowerCase().startsWith(`${kind}/`))
    return yield* unusable(
      `expected ${kind} to have a type such as ${kind}/…, found ${mime} for ${file}: send it as a document, or name its own type`
    )
  const path = join(folder, file)
  const { beginning, isFile, size } = yield* looked(path, file)
  const bytesMax = mediaBytesMax[kind]
  if (!isFile) return yield* unusable(`expected ${file} to be a file, found something else`)
  if (size > bytesMax)
    return yield* unusable(`expected a file of at most ${bytesMax} bytes, found ${file} of ${size}`)
  if (size === 0) return yield* unusable(`expected a file with something in it, found ${file} empty`)
  if (!beginsLike(mime, beginning))
    return yield* unusable(`expected ${file} to be ${mime}, found that it does not begin like that`)
  return path
})

/** That a file is what it was when it was named. */
export const sameDigest = (
  { file, sha256 }: MediaReference,
  found: string
): Effect.Effect<void, MediaUnusable> =>
  found === sha256
    ? Effect.void
    : Effect.fail(
        unusable(`expected the file ${file} to have the digest ${sha256}, found ${found}: it was changed`)
      )

const digestOf = (path: string, file: string) =>
  Effect.tryPromise({
    try: async (signal) => {
      const hash = createHash("sha256")
      for await (const piece of createReadStream(path, { signal })) hash.update(piece)
      return hash.digest("hex")
    },
    catch: (error) => unusable(`the file ${file} could not be read: ${reasonOf(error)}`)
  })

/** That a file can be sent, all of it read. */
export const checkMedia = Effect.fnUntraced(function* (
  folder: string,
  reference: MediaReference
): Effect.fn.Return<void, MediaUnusable> {
  const path = yield* findMedia(folder, reference)
  yield* sameDigest(reference, yield* digestOf(path, reference.file))
})
