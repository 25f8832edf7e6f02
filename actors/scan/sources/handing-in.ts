/** Handing links in to services that then look at them themselves: which links, and what was handed in. */
import { publicSuffix } from "../../../contracts/link/public-suffix.ts"
import { type BrandIndex, isOwned } from "../brand-index.ts"
import { shorteners } from "../hosting.ts"
import { isStrangersGround } from "../known-sites.ts"

/**
 * Whether a link may be handed in where that is allowed at all. Whoever it is handed to opens it and keeps it: no link with
 * somebody's address in it, and none to a place that everybody knows, where links are invitations and documents.
 */
export const mayHandIn = (url: string, brands?: BrandIndex): boolean => {
  const parsed = URL.parse(url)
  if (parsed === null) return false
  const { hash, hostname, pathname, search } = parsed
  return !/@|%40/i.test(pathname + search + hash) && !isSharedByMany(hostname, brands)
}

/** Whether a host is a place where many people keep things of their own: what is said of one says nothing of another. */
export const isSharedByMany = (host: string, brands?: BrandIndex): boolean =>
  isOwned(host, brands) || isStrangersGround(host) || shorteners.has(publicSuffix(host).registrable ?? host)

/** Long enough for any service to have looked, or not to. */
const rememberedMillis = 3_600_000
/** The oldest go first. */
const rememberedMax = 1_000

/** What was handed in lately, in memory alone, with what the service calls it. */
export const makeHandedIn = () => {
  const handed = new Map<string, { readonly as: string; readonly until: number }>()
  return {
    find: (url: string, now: number): string | undefined => {
      const found = handed.get(url)
      return found !== undefined && found.until > now ? found.as : undefined
    },
    remember: (url: string, as: string, now: number): void => {
      handed.delete(url)
      handed.set(url, { as, until: now + rememberedMillis })
      if (handed.size > rememberedMax) handed.delete(handed.keys().next().value!)
    }
  }
}

/** What is said of a link that was just handed in: it is asked about again as soon as somebody may have looked. */
export const beingLookedAt = {
  evidence: [],
  unknown: "it did not know the link, was handed it and is looking at it",
  validSeconds: 30
} as const
