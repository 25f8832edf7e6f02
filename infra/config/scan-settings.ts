/** Settings of what is asked about links. */
import { Redacted } from "effect"
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
    "The API key of Google Safe Browsing, which is asked about every link by the first bytes of hashes; without it Safe Browsing is not asked."
  ),
  urlhausKey: key(
    "WADJET_URLHAUS_KEY",
    "The Auth-Key of abuse.ch, by which every link is looked up in URLhaus; without it URLhaus is not asked."
  ),
  virusTotalKey: key(
    "WADJET_VIRUSTOTAL_KEY",
    "The API key of VirusTotal, by which every link is looked up there, 4 a minute and 500 a day; without it VirusTotal is not asked."
  ),
  phishTankKey: key(
    "WADJET_PHISHTANK_KEY",
    "The application key of PhishTank, by which every link is looked up there; without it PhishTank is not asked."
  )
} as const
