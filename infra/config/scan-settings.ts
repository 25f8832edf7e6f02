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

export const scanSettings = {
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
