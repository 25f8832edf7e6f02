/** Every source that there is: what turns it on, what it is told, and how it is made. */
import type { Redacted } from "effect"
import type { BrandIndex } from "../brand-index.ts"
import type { LocalLists } from "../safe-browsing/mode.ts"
import type { PrefixMemory } from "../safe-browsing/prefix-memory.ts"
import { certificate } from "./certificate.ts"
import { dnsFilter, filters } from "./dns-filter.ts"
import { phishTank } from "./phishtank.ts"
import { rdap } from "./rdap.ts"
import { safeBrowsing } from "./safe-browsing.ts"
import type { Source } from "./source.ts"
import { urlhaus } from "./urlhaus.ts"
import { urlscan, type Visibility } from "./urlscan.ts"
import { virusTotal } from "./virustotal.ts"

type Key = Redacted.Redacted | undefined

/** Whom to ask: services with their keys, and those that take none. */
export interface SourceChoice {
  readonly safeBrowsing: Key
  readonly urlhaus: Key
  readonly virusTotal: Key
  readonly phishTank: Key
  readonly urlscan?: Key
  /** Whether registries are asked how old a domain is, and public name servers whether they withhold a name. */
  readonly keyless: boolean
  /** Whether the servers of links are connected to for their certificates. */
  readonly certificates?: boolean
  /** Whom links that they do not know are handed in to; left out, nobody. */
  readonly submits?: { readonly virusTotal?: boolean; readonly urlscan?: Visibility | undefined }
}

/** What the sources find on this machine. */
export interface SourcesHere {
  /** Whose hosts are whose; left out, as Wadjet knows it from the start. */
  readonly brands?: BrandIndex | undefined
  /** What of Safe Browsing there is. */
  readonly local?: LocalLists | undefined
  /** What Safe Browsing answered lately; left out, a memory of its own. */
  readonly memory?: PrefixMemory
}

export interface KnownSource {
  /** As evidence and missing evidence name it. */
  readonly name: string
  /** As people know it. */
  readonly title: string
  /** What it knows. */
  readonly knows: string
  /** What of a link it is told. */
  readonly told: string
  /** The setting that turns it on. */
  readonly setting: string
  /** Why it is not asked where it is not. */
  readonly off: string
  /** Makes it, where it is chosen. */
  readonly make: (choice: SourceChoice, here: SourcesHere) => Source | undefined
}

const withKey = (key: Key, make: (key: Redacted.Redacted) => Source): Source | undefined =>
  key === undefined ? undefined : make(key)

// These stand in the log with every link.
const noKey = (setting: string): string => `${setting} is not set`
const notKeyless = "WADJET_KEYLESS_SOURCES is off"

const link = "the link, without a user and a password"

/** The order is that of reports. */
export const knownSources: ReadonlyArray<KnownSource> = [
  {
    name: "certificate",
    title: "TLS certificate",
    knows: "how old the certificate of the link's server is, who signed it, and what is wrong with it",
    told: "the server itself sees that this machine connects, and is asked for nothing",
    setting: "WADJET_EXPAND",
    off: "WADJET_EXPAND is off",
    make: ({ certificates = false }) => (certificates ? certificate() : undefined)
  },
  {
    name: "rdap",
    title: "RDAP",
    knows: "when the domain was registered",
    told: "the domain (its registry alone)",
    setting: "WADJET_KEYLESS_SOURCES",
    off: notKeyless,
    make: ({ keyless }) => (keyless ? rdap() : undefined)
  },
  {
    name: filters.cloudflare.name,
    title: "Cloudflare security DNS",
    knows: "whether it withholds the name",
    told: "the host",
    setting: "WADJET_KEYLESS_SOURCES",
    off: notKeyless,
    make: ({ keyless }) => (keyless ? dnsFilter(filters.cloudflare) : undefined)
  },
  {
    name: filters.quad9.name,
    title: "Quad9",
    knows: "whether it withholds the name",
    told: "the host",
    setting: "WADJET_KEYLESS_SOURCES",
    off: notKeyless,
    make: ({ keyless }) => (keyless ? dnsFilter(filters.quad9) : undefined)
  },
  {
    name: "safe-browsing",
    title: "Google Safe Browsing",
    knows: "whether the link, its host or a folder above it is listed",
    told: "the first four bytes of hashes",
    setting: "WADJET_SAFE_BROWSING_KEY",
    off: noKey("WADJET_SAFE_BROWSING_KEY"),
    make: ({ safeBrowsing: key }, { local, memory }) =>
      withKey(key, (it) => safeBrowsing(it, undefined, local, memory))
  },
  {
    name: "urlhaus",
    title: "URLhaus",
    knows: "whether the link distributes malware",
    told: link,
    setting: "WADJET_URLHAUS_KEY",
    off: noKey("WADJET_URLHAUS_KEY"),
    make: ({ urlhaus: key }) => withKey(key, (it) => urlhaus(it))
  },
  {
    name: "virustotal",
    title: "VirusTotal",
    knows: "how many engines call the link malicious",
    told: `${link}; it is handed in only with WADJET_VIRUSTOTAL_SUBMIT`,
    setting: "WADJET_VIRUSTOTAL_KEY",
    off: noKey("WADJET_VIRUSTOTAL_KEY"),
    make: ({ submits, virusTotal: key }, { brands }) =>
      withKey(key, (it) => virusTotal(it, { submits: submits?.virusTotal ?? false, brands }))
  },
  {
    name: "phishtank",
    title: "PhishTank",
    knows: "whether people verified the link as phishing",
    told: link,
    setting: "WADJET_PHISHTANK_KEY",
    off: noKey("WADJET_PHISHTANK_KEY"),
    make: ({ phishTank: key }) => withKey(key, (it) => phishTank(it))
  },
  {
    name: "urlscan",
    title: "urlscan.io",
    knows: "how it judged the link, or another page at its host, when somebody had it look",
    told: `${link}, and the host; it is handed in only with WADJET_URLSCAN_SUBMIT`,
    setting: "WADJET_URLSCAN_KEY",
    off: noKey("WADJET_URLSCAN_KEY"),
    make: ({ submits, urlscan: key }, { brands }) =>
      withKey(key, (it) => urlscan(it, { submits: submits?.urlscan, brands }))
  }
]

/** The sources that are chosen, in their order; Safe Browsing with what of it is on this machine. */
export const sourcesOf = (choice: SourceChoice, here: SourcesHere = {}): ReadonlyArray<Source> =>
  knownSources.flatMap(({ make }) => make(choice, here) ?? [])
