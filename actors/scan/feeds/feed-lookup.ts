/** What the feeds say of a link: of itself, of its host, and of the domains above. */
import { publicSuffix } from "../../../contracts/link/public-suffix.ts"
import type { Evidence } from "../evidence.ts"
import { urlKey } from "./feed-line.ts"
import { dateOf, type FeedTable, type Listed, markOf } from "./feed-table.ts"

type Kind = "url" | "host" | "domain"

/** The names above a host, down to the one that somebody registered. */
const domainsAbove = (host: string): ReadonlyArray<string> => {
  const { registrable } = publicSuffix(host)
  if (registrable === null || host === registrable || !host.endsWith(`.${registrable}`)) return []
  const above: Array<string> = []
  for (let at = host.indexOf(".") + 1; at <= host.length - registrable.length; at = host.indexOf(".", at) + 1)
    above.push(host.slice(at))
  return above
}

/** A URL without a user, a port and a trailing dot, as nearly all are: to parse it would take as long as the rest. */
const plainUrl = /^https?:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)*)[/?#]/

const hostIn = (canonicalUrl: string): string =>
  plainUrl.exec(canonicalUrl)?.[1] ?? URL.parse(canonicalUrl)?.hostname.replace(/\.$/, "") ?? ""

const newest = (listed: ReadonlyArray<Listed>): Listed =>
  listed.reduce((a, b) => (a.isThere === b.isThere ? (b.firstDay < a.firstDay ? b : a) : a.isThere ? a : b))

/** Looks up a canonical URL: the closest listing of each kind that is there, or was. */
export const lookUpIn = (
  table: FeedTable,
  names: ReadonlyArray<string>,
  canonicalUrl: string
): ReadonlyArray<Evidence> => {
  const host = hostIn(canonicalUrl)
  const evidence = new Map<string, Evidence>()
  const say = (kind: Kind, listed: ReadonlyArray<Listed>) => {
    if (listed.length === 0) return
    const { feed, firstDay, isThere, lastDay } = newest(listed)
    const as = isThere ? kind : "remembered"
    const when = isThere ? `since ${dateOf(firstDay)}` : `until ${dateOf(lastDay)}`
    if (!evidence.has(as)) evidence.set(as, { source: "feed", kind: as, detail: `${names[feed]}, ${when}` })
  }
  say("url", table.find(markOf("url", urlKey(canonicalUrl))))
  say("host", table.find(markOf("host", host)))
  for (const domain of domainsAbove(host)) say("domain", table.find(markOf("host", domain)))
  return [...evidence.values()]
}
