/** From a text to the links in it: what is sealed with the message, and what everybody may know of them. */
import { HostId, LinkId } from "../../contracts/ids.ts"
import { extractLinks } from "../../contracts/link/extract.ts"
import { linkId } from "../../contracts/link/link-id.ts"
import { publicSuffix } from "../../contracts/link/public-suffix.ts"
import type { LinkSighting, SpelledLink } from "../../contracts/message.ts"

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

export interface LinksOf {
  readonly links: ReadonlyArray<LinkSighting>
  readonly spelled: ReadonlyArray<SpelledLink>
}

/** Every link of a text, once per canonical URL; each spelling is kept. */
export const linksOf = (hashKey: Uint8Array, text: string): LinksOf => {
  const links = new Map<LinkId, LinkSighting>()
  const spelled: Array<SpelledLink> = []
  for (const { raw, url, start, end, defanged } of extractLinks(text)) {
    const link = LinkId.make(linkId(hashKey, url))
    spelled.push({ link, url, raw, start, end, defanged })
    // With a dot behind it or without, a name is the same: no dot slips past an override.
    const host = (URL.parse(url)?.hostname ?? "").replace(/\.$/u, "")
    const token = (name: string) => HostId.make(linkId(hashKey, name))
    links.set(link, { link, host: token(host), domains: domainsOf(host).map(token) })
  }
  return { links: [...links.values()], spelled }
}
