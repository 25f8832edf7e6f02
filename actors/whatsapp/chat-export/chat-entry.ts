import { chatNameIn, stemOf } from "./chat-name.ts"
import type { ZipEntry } from "./zip-directory.ts"

const isText = (entry: ZipEntry): boolean => entry.name.toLowerCase().endsWith(".txt")

const folders = (entry: ZipEntry): number => entry.name.split("/").length - 1

/** How surely an entry is the chat: lower is surer. A text document sent in the chat is a .txt as well. */
const rank = (entry: ZipEntry, zipStem: string): number => {
  const stem = stemOf(entry.name)
  if (stem === "_chat") return 0
  if (chatNameIn(entry.name) !== undefined) return 1
  if (stem === zipStem) return 2
  return stem.toLowerCase().includes("whatsapp") ? 3 : 4
}

/** The entries that may be the chat's text, the likeliest first. */
export const chatEntries = (entries: ReadonlyArray<ZipEntry>, zipPath: string): ReadonlyArray<ZipEntry> => {
  const zipStem = stemOf(zipPath)
  return entries
    .filter((entry) => isText(entry) && !entry.name.startsWith("__MACOSX/"))
    .toSorted((a, b) => rank(a, zipStem) - rank(b, zipStem) || folders(a) - folders(b) || b.bytes - a.bytes)
}

/** Whether an entry's name alone says that it is the chat. */
export const isSurelyChat = (entry: ZipEntry, zipPath: string): boolean => rank(entry, stemOf(zipPath)) <= 2
