import { type FileHandle, open } from "node:fs/promises"
import { Effect } from "effect"
import { chatEntries, isSurelyChat } from "./chat-entry.ts"
import { chatNameIn, stemOf } from "./chat-name.ts"
import { decodeText, type TextEncoding } from "./decode-text.ts"
import { ChatExportError } from "./error.ts"
import { attempt, readAt } from "./file-bytes.ts"
import { chatTextBytesMax, unnamedTextsMax } from "./limits.ts"
import { parseChatExport } from "./parse.ts"
import { readEntries, tooLarge, unpack } from "./unzip.ts"

/** What an export was read from; `bytes` are those of the chat's text. */
export type ExportSource =
  | { readonly kind: "text"; readonly bytes: number; readonly encoding: TextEncoding }
  | { readonly kind: "zip"; readonly entry: string; readonly bytes: number; readonly encoding: TextEncoding }

export interface OpenedExport {
  /** The chat's name as the file's name tells it, or else the file's own name. */
  readonly name: string
  readonly text: string
  readonly source: ExportSource
}

const fail = (path: string, reason: ChatExportError["reason"], found: string) =>
  new ChatExportError({ reason, path, found })

const openZip = Effect.fnUntraced(function* (path: string, file: FileHandle, size: number) {
  const entries = yield* readEntries(path, file, size)
  for (const entry of chatEntries(entries, path).slice(0, unnamedTextsMax)) {
    const bytes = yield* unpack(path, file, entry)
    const sure = isSurelyChat(entry, path)
    const decoded = decodeText(bytes)
    if ("found" in decoded) {
      if (sure) return yield* fail(path, "not-text", `${decoded.found} in “${entry.name}”`)
      continue
    }
    if (!sure && parseChatExport(decoded.text).messages.length === 0) continue
    const { text, encoding } = decoded
    const source: ExportSource = { kind: "zip", entry: entry.name, bytes: bytes.length, encoding }
    return { name: chatNameIn(path) ?? chatNameIn(entry.name) ?? stemOf(path), text, source }
  }
  const some = entries.slice(0, 3).map((entry) => `“${entry.name}”`)
  const found = `${entries.length} other files${some.length > 0 ? `, such as ${some.join(", ")}` : ""}`
  return yield* fail(path, "no-chat", found)
})

/** An unpacked iPhone export is a folder with the chat's name and `_chat.txt` in it. */
const nameOfText = (path: string): string => {
  const folder = path.split(/[/\\]/).at(-2)
  const inFolder = stemOf(path) === "_chat" && folder !== undefined ? chatNameIn(folder) : undefined
  return chatNameIn(path) ?? inFolder ?? stemOf(path)
}

const openText = Effect.fnUntraced(function* (path: string, file: FileHandle, size: number) {
  if (size > chatTextBytesMax) return yield* tooLarge(path, size)
  const bytes = yield* readAt(path, file, 0, size)
  const decoded = decodeText(bytes)
  if ("found" in decoded) return yield* fail(path, "not-text", decoded.found)
  const { text, encoding } = decoded
  const source: ExportSource = { kind: "text", bytes: bytes.length, encoding }
  return { name: nameOfText(path), text, source }
})

/** A .zip starts with its first entry, or, when it has none, with its end. PKWARE APPNOTE 4.3.6. */
const isZip = ([p, k, a, b]: Uint8Array): boolean =>
  p === 0x50 && k === 0x4b && ((a === 3 && b === 4) || (a === 5 && b === 6))

const readExport = Effect.fnUntraced(function* (
  path: string,
  file: FileHandle
): Effect.fn.Return<OpenedExport, ChatExportError> {
  const stat = yield* attempt(path, () => file.stat())
  if (stat.isDirectory()) return yield* fail(path, "directory", "a folder")
  if (!stat.isFile()) return yield* fail(path, "not-a-file", "a device, a pipe or a socket")
  if (isZip(yield* readAt(path, file, 0, 4))) return yield* openZip(path, file, stat.size)
  if (path.toLowerCase().endsWith(".zip")) {
    return yield* fail(path, "not-a-zip", stat.size === 0 ? "an empty file" : "a file of another kind")
  }
  return yield* openText(path, file, stat.size)
})

/**
 * Opens a chat that WhatsApp exported: a `.txt`, or a `.zip` with or without media, of which only the chat's
 * text is read. What the file is, its contents tell.
 *
 * Fails with a `ChatExportError`, whose `reason` is one of a closed list.
 *
 * @example
 * const { name, text } = yield* openChatExport("WhatsApp Chat - Family.zip") // name is "Family"
 */
export const openChatExport = Effect.fn("openChatExport")(function* (
  path: string
): Effect.fn.Return<OpenedExport, ChatExportError> {
  return yield* Effect.acquireUseRelease(
    attempt(path, () => open(path, "r")),
    (file) => readExport(path, file),
    (file) => Effect.ignore(attempt(path, () => file.close()))
  )
})
