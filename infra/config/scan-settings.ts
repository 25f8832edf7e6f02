/** Settings of what is asked about links. */
import { Redacted, Result } from "effect"
import { type Brand, readBrandList } from "../../contracts/brand-list.ts"
import { parseSwitch, setting } from "./setting.ts"

const parseKey = (text: string): Redacted.Redacted | undefined =>
  /^[\x21-\x7e]{1,256}$/.test(text) ? Redacted.make(text) : undefined

const key = (name: string, about: string) =>
  setting({
    name,
    about,
    accepts: "a key, without spaces",
    fallback: undefined,
    secret: true,
    parse: parseKey
  })

/** Lists that are known by name. */
const knownFeeds: Readonly<Record<string, string>> = {
  openphish: "https://raw.githubusercontent.com/openphish/public_feed/refs/heads/main/feed.txt",
  urlhaus: "https://urlhaus.abuse.ch/downloads/csv_recent/",
  "phishing-database":
    "https://raw.githubusercontent.com/Phishing-Database/Phishing.Database/refs/heads/master/phishing-links-ACTIVE.txt",
  phishtank: "https://data.phishtank.com/data/online-valid.csv"
}

/** More than this are not kept apart in memory. */
const feedsMax = 31

const feedOf = (word: string): { readonly name: string; readonly url: string } | undefined => {
  const [, name = "", url = knownFeeds[name]] = /^([a-z0-9][a-z0-9-]{0,39})(?:=(\S+))?$/.exec(word) ?? []
  return url !== undefined && /^https?:$/.test(URL.parse(url)?.protocol ?? "") ? { name, url } : undefined
}

/** Words apart by spaces or commas: names, or `name=URL`. */
const parseFeeds = (
  text: string
): ReadonlyArray<{ readonly name: string; readonly url: string }> | undefined => {
  if (text === "off") return []
  const feeds = text
    .split(/[\s,]+/)
    .filter((word) => word !== "")
    .map(feedOf)
  const found = feeds.filter((feed) => feed !== undefined)
  const names = new Set(found.map(({ name }) => name))
  return found.length === feeds.length && names.size === feeds.length && names.size <= feedsMax
    ? found
    : undefined
}

const safeBrowsingModes = ["local-list", "real-time", "no-storage"] as const

const parseSafeBrowsingMode = (text: string): (typeof safeBrowsingModes)[number] | undefined =>
  safeBrowsingModes.find((mode) => mode === text)

const visibilities = ["private", "unlisted", "public"] as const

const parseVisibility = (text: string): "off" | (typeof visibilities)[number] | undefined =>
  text === "off" ? text : visibilities.find((visibility) => visibility === text)

const icon = /^([a-z0-9][a-z0-9.-]{0,62})=([0-9a-f]{64})$/i

/** Names of brands by the SHA-256 of their icons, in lower case. */
const parseIcons = (text: string): ReadonlyMap<string, string> | undefined => {
  const words = text === "none" ? [] : text.split(/[\s,]+/).filter((word) => word !== "")
  const icons = words.flatMap((word) => {
    const [, brand, hash] = icon.exec(word) ?? []
    return brand === undefined || hash === undefined
      ? []
      : [[hash.toLowerCase(), brand.toLowerCase()] as const]
  })
  return icons.length === words.length ? new Map(icons) : undefined
}

const parseBrandList = (text: string): ReadonlyArray<Brand> | undefined => {
  if (text.trim() === "none") return []
  return Result.getOrUndefined(readBrandList(text))
}

const brandListFault = (text: string): string => {
  const read = readBrandList(text)
  return Result.isFailure(read) ? `line ${read.failure.line}: ${read.failure.problem}` : "it cannot be read"
}

const namesShownMax = 5

const brandListSummary = (text: string): string | undefined => {
  const brands = parseBrandList(text)
  if (brands === undefined || brands.length === 0) return brands && "none"
  const more = brands.length - namesShownMax
  const names = brands.slice(0, namesShownMax).map(({ name }) => name)
  const domains = brands.reduce((sum, { owns }) => sum + owns.length, 0)
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}; domains: ${domains}`
}

export const scanSettings = {
  feeds: setting({
    name: "WADJET_FEEDS",
    about:
      "Lists of dangerous links that are fetched every hour and looked up on this machine: openphish, urlhaus, phishtank, phishing-database (a million links), or any other by name=URL (links or hosts line by line, a hosts file, an ad blocker's list, CSV).",
    accepts: "names and name=URL apart by spaces, or off",
    fallback: "openphish urlhaus",
    parse: parseFeeds
  }),
  expand: setting({
    name: "WADJET_EXPAND",
    about:
      "Whether links are followed to where they lead. The site sees that this machine asked; what is learnt corrects the first verdict.",
    accepts: "on or off",
    fallback: "on",
    parse: parseSwitch
  }),
  askKeyless: setting({
    name: "WADJET_KEYLESS_SOURCES",
    about:
      "Whether services that need no key are asked about every link: its registry when its domain was registered (RDAP), Cloudflare and Quad9 whether they withhold its name. They are told the domain or the host, never the link.",
    accepts: "on or off",
    fallback: "on",
    parse: parseSwitch
  }),
  safeBrowsingKey: key(
    "WADJET_SAFE_BROWSING_KEY",
    "The API key of Google Safe Browsing, which is asked about links by the first four bytes of hashes; without it Safe Browsing is not asked."
  ),
  safeBrowsingMode: setting({
    name: "WADJET_SAFE_BROWSING",
    about:
      "What of Safe Browsing is kept on this machine, by Google's names for it. local-list: lists of threats, fetched every half hour or so; Google is asked only about what may be on them. real-time: a list of what is likely to be harmless as well; Google is asked about everything that is not on it, and so knows of a site within minutes. no-storage: no lists; Google is asked about everything. It is told the first four bytes of hashes, never the link.",
    accepts: "local-list, real-time or no-storage",
    fallback: "real-time",
    parse: parseSafeBrowsingMode
  }),
  urlhausKey: key(
    "WADJET_URLHAUS_KEY",
    "The Auth-Key of abuse.ch, by which every link is looked up in URLhaus; without it URLhaus is not asked."
  ),
  virusTotalKey: key(
    "WADJET_VIRUSTOTAL_KEY",
    "The API key of VirusTotal, by which every link is looked up there, 4 a minute and 500 a day. By its own words it may keep what it is asked about, and show it to others. Without a key VirusTotal is not asked."
  ),
  virusTotalSubmits: setting({
    name: "WADJET_VIRUSTOTAL_SUBMIT",
    about:
      "Whether links that VirusTotal does not know are handed in to it. Everybody can then find them there. Links with an e-mail address in them and links to well-known sites (invitations, documents) are never handed in.",
    accepts: "on or off",
    fallback: "off",
    parse: parseSwitch
  }),
  phishTankKey: key(
    "WADJET_PHISHTANK_KEY",
    "The application key of PhishTank, by which every link is looked up there; without it PhishTank is not asked."
  ),
  urlscanKey: key(
    "WADJET_URLSCAN_KEY",
    "The API key of urlscan.io, by which its scans are searched for every link and its host; without it urlscan.io is not asked."
  ),
  urlscanSubmits: setting({
    name: "WADJET_URLSCAN_SUBMIT",
    about:
      "Whether links that urlscan.io has not seen are handed in to it, and who can see them there with a picture of the page: public (everybody), unlisted (researchers and customers of urlscan.io) or private (you). Links with an e-mail address in them and links to well-known sites are never handed in.",
    accepts: "off, private, unlisted or public",
    fallback: "off",
    parse: parseVisibility
  }),
  brands: setting({
    name: "WADJET_BRANDS",
    about:
      "Brands of your own, beside those that Wadjet knows: links that imitate them are flagged, and what they own is left alone. An entry with the name of a brand that is known adds to what it owns. WADJET_BRANDS_FILE names a file that holds them.",
    accepts:
      "entries name: domains ~ honest names close to it, on lines or with semicolons between them, or none",
    fallback: "none",
    parse: parseBrandList,
    isText: true,
    fault: brandListFault,
    summary: brandListSummary
  }),
  brandIcons: setting({
    name: "WADJET_BRAND_ICONS",
    about:
      "Icons of brands, which are looked for in the pages that links lead to: a page that carries such an icon in itself and is not the brand's imitates it. WADJET_BRAND_ICONS_FILE names a file that holds them.",
    accepts: "brand=SHA-256 of the icon's file in hexadecimal, apart by spaces or lines, or none",
    fallback: "none",
    parse: parseIcons
  })
} as const
