/** What a page speaks against itself. Pure. */
import { defang } from "../../../contracts/link/defang.ts"
import { publicSuffix } from "../../../contracts/link/public-suffix.ts"
import { type BrandIndex, builtInBrands, holdersOfHost } from "../brand-index.ts"
import type { Evidence } from "../evidence.ts"
import { isStrangersGround } from "../known-sites.ts"
import { lookAlikeEvidence } from "../look-alike.ts"
import { brandOfIcon, type KnownIcons, noIcons } from "./brand-icons.ts"
import { brandOfText, brandOfTitle, type NamedBrand } from "./brand-words.ts"
import type { Page } from "./read-page.ts"

const source = "page"

const found = (kind: string, detail?: string): Evidence =>
  detail === undefined ? { source, kind } : { source, kind, detail }

const registrableOf = (host: string): string => publicSuffix(host).registrable ?? host

const shareHolder = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  one.values().some((name) => other.has(name))

/** Where else than to its own site's owner a form sends; `undefined` where it stays. */
const elsewhere = (target: string, host: string, brands: BrandIndex): string | undefined => {
  const to = URL.parse(target)
  if (to === null) return undefined
  if (to.protocol === "mailto:") return "an e-mail"
  if (to.protocol !== "http:" && to.protocol !== "https:") return undefined
  const isSame =
    registrableOf(to.hostname) === registrableOf(host) ||
    shareHolder(holdersOfHost(to.hostname, brands), holdersOfHost(host, brands))
  return isSame ? undefined : defang(to.hostname)
}

/** What its forms ask for, and where they send it. */
const ofForms = ({ forms, secrets }: Page, host: string, brands: BrandIndex): ReadonlyArray<Evidence> => {
  const sent = forms.flatMap((form) =>
    form.targets.flatMap((target) => {
      const to = elsewhere(target, host, brands)
      return to === undefined ? [] : [{ form, to }]
    })
  )
  const password = sent.find(({ form }) => form.secrets.has("password"))
  const other = sent.find(({ form }) => form.isPost && form.hasText && !form.secrets.has("password"))
  return [
    ...(password === undefined ? [] : [found("password-off-site", password.to)]),
    ...(other === undefined || password !== undefined ? [] : [found("form-off-site", other.to)]),
    ...(secrets.has("password") && password === undefined ? [found("password-field")] : []),
    ...(secrets.has("card") ? [found("card-field")] : [])
  ]
}

const nameOf = ({ brand }: NamedBrand): string => defang(brand.owns[0] ?? brand.name)

/** A host of the brand's own name in another ending is its branch abroad, unless its name gives it away already. */
const isNamedLike = (host: string, name: string, brands: BrandIndex): boolean =>
  registrableOf(host).split(".")[0] === name && lookAlikeEvidence(host, brands).length === 0

const namedIn = ({ secrets, text, title }: Page, brands: BrandIndex): NamedBrand | undefined => {
  const named = brandOfTitle(title, brands)
  if (named !== undefined || secrets.size === 0) return named
  const brand = brandOfText(text, brands)
  return brand === undefined ? undefined : { brand, isPosed: false }
}

/** Whose words and icons it shows, where they are not its own. */
const ofBrands = (
  page: Page,
  host: string,
  icons: KnownIcons,
  brands: BrandIndex
): ReadonlyArray<Evidence> => {
  const named = namedIn(page, brands)
  const holders = holdersOfHost(host, brands)
  const isOwn = (name: string): boolean => holders.has(name) || isNamedLike(host, name, brands)
  const words =
    named === undefined || isOwn(named.brand.name)
      ? []
      : [found(named.isPosed && page.secrets.size > 0 ? "brand-login" : "brand-words", nameOf(named))]
  const icon = page.icons
    .map((url) => brandOfIcon(url, icons, brands))
    .find((name) => name !== undefined && !isOwn(name))
  const domain = (icon === undefined ? undefined : brands.byName.get(icon)?.brand.owns[0]) ?? icon
  const mentions = named?.isPosed === true || page.secrets.size > 0 ? words : []
  return [...mentions, ...(domain === undefined ? [] : [found("brand-icon", defang(domain))])]
}

/**
 * What the page at a URL gives away. Of a known brand's own site there is nothing to say, unless strangers fill it. Of
 * what is written in the page no more goes into the details than names of brands and hosts.
 */
export const pageEvidence = (
  page: Page,
  url: string,
  icons: KnownIcons = noIcons,
  brands: BrandIndex = builtInBrands()
): ReadonlyArray<Evidence> => {
  const host = URL.parse(url)?.hostname.replace(/\.$/, "") ?? ""
  if (holdersOfHost(host, brands).size > 0 && !isStrangersGround(host)) return []
  const brand = ofBrands(page, host, icons, brands)
  const poses = brand.some(({ kind }) => kind === "brand-login")
  // Who poses as a brand's login asks for secrets: that is one thing, and counts once.
  const forms = ofForms(page, host, brands).filter(({ kind }) => !(poses && kind.endsWith("-field")))
  return [...forms, ...brand]
}
