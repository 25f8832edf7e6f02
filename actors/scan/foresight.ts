/** What URLs say by themselves, found out before it is asked for. */
import type { Evidence } from "./evidence.ts"

/** URLs that were looked at and are not forgotten: messages that never came into the log had the oldest of them. */
const waitingMax = 64

/** Makes a memory for what `find` says of a URL, which is the same at any time. */
export const makeForesight = (find: (url: string) => ReadonlyArray<Evidence>) => {
  const waiting = new Map<string, ReadonlyArray<Evidence>>()
  return {
    look: (url: string): void => {
      if (waiting.has(url)) return
      if (waiting.size === waitingMax) waiting.delete(waiting.keys().next().value!)
      waiting.set(url, find(url))
    },
    evidenceOf: (url: string): ReadonlyArray<Evidence> => waiting.get(url) ?? find(url),
    forget: (url: string): void => void waiting.delete(url)
  }
}
