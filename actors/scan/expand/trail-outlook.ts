/** What the way a link leads says about it. Pure. */
import { defang } from "../../../contracts/link/defang.ts"
import { publicSuffix } from "../../../contracts/link/public-suffix.ts"
import type { FetchFault } from "../../../infra/guarded-client/fetch-failed.ts"
import type { Trail } from "../../../infra/guarded-client/follow.ts"
import type { Evidence } from "../evidence.ts"
import type { Outlook } from "../outside.ts"

/** http to https, to www, to a language and to a page is what honest sites need. */
const longChainRedirectsMin = 4

const source = "redirects"

const hostOf = (url: string): string => URL.parse(url)?.hostname ?? ""

/** What one owner holds: two sites on github.io have two. */
const ownerOf = (url: string): string => publicSuffix(hostOf(url)).registrable ?? hostOf(url)

const words: Readonly<Record<FetchFault, string>> = {
  refused: "it is not visited",
  "no-such-name": "the name does not exist",
  unresolved: "the name servers did not answer",
  unreachable: "the server could not be reached",
  tls: "the server's certificate is not trusted",
  timeout: "the server did not answer in time",
  malformed: "the server's answer could not be read"
}

/** Where it breaks off: in the beginning, or after some redirects. */
const placeOf = ({ hops }: Trail): string => (hops.length > 1 ? ` (after ${hops.length - 1} redirects)` : "")

const missingOf = (trail: Trail): Outlook["missing"] => {
  const { end } = trail
  if (end.kind === "failed") return [{ source, reason: words[end.fault] + placeOf(trail) }]
  if (end.kind !== "refused" || isAddressRefused(trail)) return []
  return [{ source, reason: `not visited: ${end.reason}${placeOf(trail)}` }]
}

/**
 * Whether a redirect leads to a private address, by number or by name. A link that names one itself does not hide it,
 * and is weighed by its spelling.
 */
const isAddressRefused = ({ end, hops }: Trail): boolean =>
  end.kind === "refused" && (end.rule === "address" || end.rule === "name") && hops.length > 1

const evidenceOf = (trail: Trail): ReadonlyArray<Evidence> => {
  const { end, hops } = trail
  const redirects = hops.length - 1
  const first = hops[0]!
  const last = hops.at(-1)!
  const found = (kind: string, detail: string): ReadonlyArray<Evidence> => [{ source, kind, detail }]
  return [
    ...(end.kind === "too-many-hops" || redirects >= longChainRedirectsMin
      ? found("long-chain", `${redirects} redirects`)
      : []),
    ...(end.kind === "loop" ? found("loop", `after ${redirects} redirects`) : []),
    ...(isAddressRefused(trail) ? found("refused-address", defang(hostOf(last.url))) : []),
    ...(!isAddressRefused(trail) && hostOf(last.url) !== "" && ownerOf(first.url) !== ownerOf(last.url)
      ? found("final-host-mismatch", defang(hostOf(last.url)))
      : [])
  ]
}

/** What was learnt by following a link. */
export const trailOutlook = (trail: Trail): Outlook => {
  const first = trail.hops[0]!
  const last = trail.hops.at(-1)!
  const isElsewhere = trail.hops.length > 1 && /^https?:/.test(last.url) && first.url !== last.url
  return {
    evidence: evidenceOf(trail),
    missing: missingOf(trail),
    hops: trail.hops,
    ...(isElsewhere ? { end: last.url } : {})
  }
}
