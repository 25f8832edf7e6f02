/** What was scanned lately, so that a link that many chats post at once is scanned once. */
import type { LinkId } from "../../contracts/ids.ts"
import { isValidFor, type ScanResult } from "../../contracts/scan.ts"

/** Results kept in memory, about 100 bytes each; the oldest go first. */
const remembered = 50_000

/** A result, and whether the outside was asked, or is being asked, about the link. */
export interface RecentScan extends ScanResult {
  readonly looked: boolean
}

export const makeRecentScans = () => {
  const results = new Map<LinkId, RecentScan>()
  return {
    /** Whether a result answers for an event; one that needs the outside is not answered for by one without. */
    isValidFor: (
      link: LinkId,
      event: { readonly sequence: number; readonly time: number },
      needsLook = false
    ): boolean => {
      const result = results.get(link)
      return result !== undefined && (result.looked || !needsLook) && isValidFor(result, event)
    },
    remember: (link: LinkId, result: RecentScan): void => {
      results.delete(link)
      results.set(link, result)
      if (results.size > remembered) results.delete(results.keys().next().value!)
    }
  }
}

export type RecentScans = ReturnType<typeof makeRecentScans>
