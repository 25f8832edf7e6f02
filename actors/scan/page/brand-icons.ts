/**
 * Icons that are a brand's: one that a page takes from the brand's own site, and one that it carries in itself (`data:`),
 * by its SHA-256, where the operator's list names it. An icon of the page's own site is not fetched: one link is one
 * page.
 */
import { createHash } from "node:crypto"
import { type BrandIndex, holdersOfHost } from "../brand-index.ts"

/** Names of brands, as in the list of brands, by the SHA-256 of their icons in hexadecimal. */
export type KnownIcons = ReadonlyMap<string, string>

export const noIcons: KnownIcons = new Map()

/** A service that draws the icons of any site: `google.com/s2/favicons?domain=`. */
const drawsOthers = /\/s2\/favicons|faviconv2/i

/** A brand's own site is at the domain that warnings name. What stands under another name there is its customers'. */
const byHotlink = ({ hostname, pathname }: URL, brands: BrandIndex): string | undefined => {
  if (drawsOthers.test(pathname)) return undefined
  const site = hostname.replace(/^www\./, "")
  return [...holdersOfHost(site, brands)].findLast((name) => brands.byName.get(name)?.brand.owns[0] === site)
}

const bytesOf = (icon: URL): Buffer | undefined => {
  const [, base64, data] = /^[^,]{0,200}?(;\s*base64)?\s*,(.*)$/is.exec(icon.pathname) ?? []
  if (data === undefined) return undefined
  return Buffer.from(data, base64 === undefined ? "latin1" : "base64")
}

const byHash = (icon: URL, known: KnownIcons): string | undefined => {
  const bytes = known.size === 0 ? undefined : bytesOf(icon)
  return bytes === undefined ? undefined : known.get(createHash("sha256").update(bytes).digest("hex"))
}

/** The brand that an icon (an absolute URL) is of, where that is known. */
export const brandOfIcon = (url: string, known: KnownIcons, brands: BrandIndex): string | undefined => {
  const icon = URL.parse(url)
  if (icon === null) return undefined
  return icon.protocol === "data:" ? byHash(icon, known) : byHotlink(icon, brands)
}
