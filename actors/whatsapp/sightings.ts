/** From a text to the links in it: what is sealed with the message, and what everybody may know of them. */
import { HostId, LinkId } from "../../contracts/ids.ts"
import { extractLinks } from "../../contracts/link/extract.ts"
import { linkId } from "../../contracts/link/link-id.ts"
import { linkTarget } from "../../contracts/link/link-target.ts"
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

/** Links by their canonical URL. */
export type HeldLinks = ReadonlyMap<string, LinkSighting>

/** What a message holds, from its links and their spellings. */
export const heldLinks = ({ links, spelled }: LinksOf): HeldLinks => {
  const byId = new Map(links.map((sighting) => [sighting.link, sighting]))
  return new Map(
    spelled.flatMap(({ link, url }) => {
      const sighting = byId.get(link)
      return sighting === undefined ? [] : [[url, sighting] as const]
    })
  )
}

/**
 * Every link of a text, once per canonical URL of its target; each spelling is kept. An edit leaves those that the message
 * held before under the ids that they had: they are the same sightings, though the key may be another one now.
 */
export const linksOf = (linkKey: Uint8Array, text: string, held: HeldLinks = new Map()): LinksOf => {
  const links = new Map<LinkId, LinkSighting>()
  const spelled: Array<SpelledLink> = []
  for (const { raw, url: found, start, end, defanged } of extractLinks(text)) {
    const { url, wrappers } = linkTarget(found)
    const sighting = held.get(url) ?? sightingOf(linkKey, url)
    const place = { link: sighting.link, url, raw, start, end, defanged }
    spelled.push(wrappers.length === 0 ? place : { ...place, wrappers })
    links.set(sighting.link, sighting)
  }
  return { links: [...links.values()], spelled }
}

const sightingOf = (linkKey: Uint8Array, url: string): LinkSighting => {
  // With a dot behind it or without, a name is the same: no dot slips past an override.
  const host = (URL.parse(url)?.hostname ?? "").replace(/\.$/u, "")
  const token = (name: string) => HostId.make(linkId(linkKey, name))
  return { link: LinkId.make(linkId(linkKey, url)), host: token(host), domains: domainsOf(host).map(token) }
}
