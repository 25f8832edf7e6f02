import { HostId, LinkId } from "../ids.ts"
import type { LinkSighting } from "../message.ts"
import { linkId } from "./link-id.ts"
import { publicSuffix } from "./public-suffix.ts"

/** A host and its parent domains, down to the one that is registered. An address has only itself. */
const domainsOf = (host: string): ReadonlyArray<string> => {
  const { registrable } = publicSuffix(host)
  if (registrable === null || !host.endsWith(registrable)) return [host]
  const labels = host
    .slice(0, host.length - registrable.length)
    .split(".")
    .filter((label) => label !== "")
  return labels.reduceRight<Array<string>>(
    (domains, label) => [...domains, `${label}.${domains.at(-1)!}`],
    [registrable]
  )
}

/**
 * A link by its canonical URL, in the clear only as keyed hashes: of itself, of its host, and of the domains above.
 *
 * @example linkSighting(keyring.linkKeys([chat, sender]).current, "https://www.example.com/").domains.length // 2
 */
export const linkSighting = (linkKey: Uint8Array, url: string): LinkSighting => {
  // With a dot behind it or without, a name is the same: no dot slips past an override.
  const host = (URL.parse(url)?.hostname ?? "").replace(/\.$/u, "")
  const token = (name: string) => HostId.make(linkId(linkKey, name))
  return { link: LinkId.make(linkId(linkKey, url)), host: token(host), domains: domainsOf(host).map(token) }
}
