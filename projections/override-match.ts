/** Whether an override is about a URL, told from the words that it was set with. */
import { canonicalize } from "../contracts/link/canonical.ts"
import { linkTarget } from "../contracts/link/link-target.ts"
import { publicSuffix } from "../contracts/link/public-suffix.ts"
import type { OverrideMatch } from "../contracts/policy.ts"

const hostOf = (url: string): string => (URL.parse(url)?.hostname ?? "").replace(/\.$/u, "")

/**
 * Whether a pattern names a canonical URL: that URL, its host, or one of its domains down to the registrable one. The
 * actor that decides compares keyed hashes; who has the words in the clear needs none.
 *
 * @example overrideNames("domain", "example.com", "https://www.example.com/a") // true
 */
export const overrideNames = (match: OverrideMatch, pattern: string, url: string): boolean => {
  const found = canonicalize(match === "url" ? pattern : `http://${pattern}/`)
  if ("error" in found) return false
  if (match === "url") return linkTarget(found.canonical).url === url
  const [named, host] = [hostOf(found.canonical), hostOf(url)]
  if (named === "" || match === "host" || named === host) return named !== "" && named === host
  return host.endsWith(`.${named}`) && publicSuffix(named).registrable !== null
}
