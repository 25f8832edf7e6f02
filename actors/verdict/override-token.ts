import { HostId, LinkId } from "../../contracts/ids.ts"
import { canonicalize } from "../../contracts/link/canonical.ts"
import { linkId } from "../../contracts/link/link-id.ts"
import { linkTarget } from "../../contracts/link/link-target.ts"
import type { OverrideMatch } from "../../contracts/policy.ts"

/**
 * What a pattern names, as the token that links and hosts are known by under a key; `undefined` where it names
 * nothing. A link in a redirect wrapper names what it leads to, as it does when it is posted.
 *
 * @example overrideToken(keyring.linkKeys([]).current, "domain", "example.com")
 */
export const overrideToken = (
  linkKey: Uint8Array,
  match: OverrideMatch,
  pattern: string
): LinkId | HostId | undefined => {
  const found = canonicalize(match === "url" ? pattern : `http://${pattern}/`)
  if ("error" in found) return undefined
  if (match === "url") return LinkId.make(linkId(linkKey, linkTarget(found.canonical).url))
  const url = new URL(found.canonical)
  return url.pathname === "/" && url.search === "" && url.username === ""
    ? HostId.make(linkId(linkKey, url.hostname.replace(/\.$/u, "")))
    : undefined
}
