/** What was scanned lately, so that a link that many chats post at once is scanned once. */
import type { LinkId } from "../../contracts/ids.ts"
import { isValidFor, type ScanResult } from "../../contracts/scan.ts"

/** Results kept in memory, about 100 bytes each; the oldest go first. */
const remembered = 50_000

export const makeRecentScans = () => {
  const results = new Map<LinkId, ScanResult>()
  return {
    isValidFor: (link: LinkId, event: { readonly sequence: number; readonly time: number }): boolean => {
      const result = results.get(link)
      return result !== undefined && isValidFor(result, event)
    },
    remember: (link: LinkId, result: ScanResult): void => {
      results.delete(link)
      results.set(link, result)
      if (results.size > remembered) results.delete(results.keys().next().value!)
    }
  }
}
