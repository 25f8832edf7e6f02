/** From a text to the links in it: what is sealed with the message, and what everybody may know of them. */
import type { LinkId } from "../../contracts/ids.ts"
import { extractLinks } from "../../contracts/link/extract.ts"
import { linkSighting } from "../../contracts/link/link-sighting.ts"
import { linkTarget } from "../../contracts/link/link-target.ts"
import type { LinkSighting, SpelledLink } from "../../contracts/message.ts"

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
    const sighting = held.get(url) ?? linkSighting(linkKey, url)
    const place = { link: sighting.link, url, raw, start, end, defanged }
    spelled.push(wrappers.length === 0 ? place : { ...place, wrappers })
    links.set(sighting.link, sighting)
  }
  return { links: [...links.values()], spelled }
}
