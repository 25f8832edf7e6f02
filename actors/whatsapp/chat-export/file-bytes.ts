import type { FileHandle } from "node:fs/promises"
import { Effect, Predicate } from "effect"
import { ChatExportError } from "./error.ts"

const codeOf = (cause: unknown): string =>
  Predicate.hasProperty(cause, "code") && Predicate.isString(cause.code) ? cause.code : String(cause)

/** Runs one file operation, with its failure told as a `ChatExportError` about `path`. */
export const attempt = <A>(path: string, run: () => Promise<A>): Effect.Effect<A, ChatExportError> =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => {
      const code = codeOf(cause)
      if (code === "ENOENT" || code === "ENOTDIR") {
        return new ChatExportError({ reason: "missing", path, found: "nothing" })
      }
      return new ChatExportError({ reason: "unreadable", path, found: `the error ${code}` })
    }
  })

/** Reads `length` bytes at `offset`, or fewer where the file ends. */
export const readAt = Effect.fnUntraced(function* (
  path: string,
  file: FileHandle,
  offset: number,
  length: number
) {
  const bytes = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = yield* attempt(path, () =>
      file.read(bytes, filled, length - filled, offset + filled)
    )
    if (bytesRead === 0) return bytes.subarray(0, filled)
    filled += bytesRead
  }
  return bytes
})
