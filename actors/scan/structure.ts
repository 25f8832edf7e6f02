import { defang } from "../../contracts/link/defang.ts"
import { publicSuffix, registeredDomain } from "../../contracts/link/public-suffix.ts"
import type { Evidence } from "./evidence.ts"
import {
  abusedTlds,
  accountHosts,
  cheapTlds,
  dynamicDns,
  restrictedTlds,
  shorteners,
  throwawayHosts,
  wildcardDns
} from "./hosting.ts"
import { looksGenerated } from "./generated-name.ts"
import { brandInPath } from "./brand-in-path.ts"
import { type BrandIndex, builtInBrands } from "./brand-index.ts"
import { coinWords, credentialWords, lureWords } from "./lure-words.ts"

/** A URL taken apart for the checks below. */
interface Anatomy {
  readonly url: URL
  readonly host: string
  readonly labels: ReadonlyArray<string>
  readonly registrable: string
  /** The label that the owner chose: `example` of `www.example.co.uk`. */
  readonly owner: string
  readonly suffix: string
  readonly isAddress: boolean
  /** The suffix is a company's, where anybody may have a name. */
  readonly isHosted: boolean
  readonly segments: ReadonlyArray<string>
  readonly brands: BrandIndex
}

// Ports that web servers are found on; Chromium and the older scanner agree on these.
const ordinaryPorts: ReadonlySet<string> = new Set(["", "80", "443", "8080", "8443"])

const executableExtension =
  /\.(exe|msi|apk|xapk|aab|bat|cmd|ps1|vbs|scr|jar|pkg|dmg|iso|img|lnk|hta|com|pif|appx|deb|rpm)$/i
const scriptedPage = /\.(php\d?|aspx?|cgi|jsp|html?)$/i

// The folders of a blog's own code, where no visitor has any business; what is uploaded is in one of them.
const blogFolder = /\/wp-(content|includes|admin)\//i
const plantedExtension = /\.(php\d?|html?)$/i
const unsuspectedFolder = /\/wp-(content|includes)\/(?!uploads\/)/i

const urlLengthMax = 200
const hostLengthMax = 40
const labelsMax = 4
const segmentsMax = 6
const hyphensManyFrom = 2

/**
 * What the spelling of a URL alone gives away, found without any look-up. Absence of evidence is not
 * evidence: a URL without any of it yields an empty list.
 *
 * @example structureEvidence("http://192.0.2.7:8081/login.php") // ip-literal, odd-port, …
 */
export function structureEvidence(
  canonicalUrl: string,
  brands: BrandIndex = builtInBrands()
): ReadonlyArray<Evidence> {
  const url = URL.parse(canonicalUrl)
  if (url === null) return []
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return [{ source: "structure", kind: "scheme", detail: url.protocol }]
  }
  const anatomy = dissect(url, brands)
  return checks.flatMap(([kind, check]) => evidenceOf(kind, check(anatomy)))
}

function evidenceOf(kind: string, found: boolean | string): ReadonlyArray<Evidence> {
  if (found === false) return []
  return [
    found === true ? { source: "structure", kind } : { source: "structure", kind, detail: defang(found) }
  ]
}

function dissect(url: URL, brands: BrandIndex): Anatomy {
  const host = url.hostname.replace(/\.$/, "")
  const { suffix, registrable } = publicSuffix(host)
  const isAddress = suffix === null
  return {
    url,
    host,
    labels: isAddress ? [] : host.split("."),
    registrable: registrable ?? host,
    owner: registrable === null || suffix === null ? "" : registrable.slice(0, -suffix.length - 1),
    suffix: suffix ?? "",
    isAddress,
    isHosted: suffix !== null && suffix.includes(".") && registeredDomain(suffix) !== null,
    segments: url.pathname.split("/").filter((segment) => segment !== ""),
    brands
  }
}

/** A check answers false, true, or what exactly it saw. */
type Check = (anatomy: Anatomy) => boolean | string

const checks: ReadonlyArray<readonly [kind: string, Check]> = [
  ["ip-literal", ({ isAddress, host }) => isAddress && host],
  ["odd-port", ({ url }) => !ordinaryPorts.has(url.port) && url.port],
  ["userinfo", ({ url }) => url.username !== "" || url.password !== ""],
  ["plain-http", ({ url }) => url.protocol === "http:"],
  ["long-url", ({ url }) => url.href.length > urlLengthMax && `${url.href.length} characters`],
  ["long-host", ({ host }) => host.length > hostLengthMax && `${host.length} characters`],
  ["many-labels", ({ labels }) => labels.length > labelsMax && `${labels.length} labels`],
  ["deep-path", ({ segments }) => segments.length > segmentsMax && `${segments.length} segments`],
  ["punycode", ({ labels }) => labels.some((label) => label.startsWith("xn--"))],
  [
    "suspicious-tld",
    ({ suffix, labels }) => [suffix, labels.at(-1) ?? ""].find((name) => abusedTlds.has(name)) ?? false
  ],
  ["cheap-tld", ({ suffix }) => cheapTlds.has(suffix) && suffix],
  ["restricted-tld", ({ suffix }) => suffix.split(".").some((label) => restrictedTlds.has(label)) && suffix],
  [
    "shortener",
    ({ registrable, host }) => (shorteners.has(registrable) || shorteners.has(host)) && registrable
  ],
  [
    "address-in-name",
    ({ registrable, suffix, host }) =>
      inAny(wildcardDns, registrable, suffix) ||
      (/(^|[.-])\d{1,3}([.-]\d{1,3}){3}([.-]|$)/.test(host) && host.match(/[a-z]/) !== null)
  ],
  ["dynamic-dns", ({ registrable, suffix }) => inAny(dynamicDns, registrable, suffix)],
  ["throwaway-hosting", ({ host, suffix }) => throwawayHost(host) ?? (throwawayHosts.has(suffix) && suffix)],
  [
    "shared-hosting",
    ({ host, isHosted, suffix }) =>
      isHosted && !accountHosts.has(suffix) && throwawayHost(host) === undefined && suffix
  ],
  ["ending-in-name", ({ host, suffix }) => endingWithin(host.slice(0, -suffix.length - 1))],
  ["hyphens", ({ owner, isHosted }) => !isHosted && isStrungTogether(owner) && owner],
  ["digits-in-name", ({ owner, isHosted }) => !isHosted && mixesDigits(owner) && owner],
  [
    "hosted-name",
    ({ owner, isHosted }) => isHosted && (isStrungTogether(owner) || mixesDigits(owner)) && owner
  ],
  ["generated-name", ({ owner, labels }) => [owner, labels[0] ?? ""].find(looksGenerated) ?? false],
  ["credential-name", ({ owner }) => wordWithin(owner, credentialWords)],
  [
    "credential-host",
    ({ host, owner, suffix }) => credentialsBefore(host.slice(0, -suffix.length - 1), owner)
  ],
  ["lure-name", ({ owner }) => wordWithin(owner, lureWords)],
  ["coin-name", ({ owner }) => wordWithin(owner, coinWords)],
  ["numeric-label", ({ labels }) => labels.slice(0, -1).find((label) => /^\d{5,}$/.test(label)) ?? false],
  ["brand-in-path", ({ brands, registrable, segments }) => brandInPath(brands, registrable, segments)],
  [
    "executable",
    ({ segments }) => executableExtension.exec(segments.at(-1) ?? "")?.[0].toLowerCase() ?? false
  ],
  [
    "nested-url",
    ({ url }) => /https?:(\/|%2f)/i.test(url.pathname) || /[?&=]https?(:|%3a)(\/|%2f)/i.test(url.search)
  ],
  ["host-in-path", ({ segments }) => segments.slice(0, -1).find(isForeignHost) ?? false],
  ["kit-path", ({ url }) => isPlantedPage(url.pathname)],
  [
    "token-in-path",
    ({ segments }) => segments.some((segment) => /^[0-9a-f]{16,}$/i.test(segment) && /\d/.test(segment))
  ],
  [
    "address-in-url",
    ({ url }) =>
      /[\w.+-](@|%40)[\w-]+\.[a-z]{2,}/i.test(url.pathname + url.search + url.hash) || base64Address(url)
  ],
  [
    "scripted-login",
    ({ segments }) =>
      scriptedPage.test(segments.at(-1) ?? "") &&
      wordsOf(segments.at(-1) ?? "").some((word) => credentialWords.has(word))
  ]
]

// Names on shared hosting are given by habit or by the host; elsewhere few people choose such a name.
const isStrungTogether = (owner: string): boolean =>
  !owner.startsWith("xn--") && owner.split("-").length - 1 >= hyphensManyFrom

const throwawayHost = (host: string): string | undefined => {
  for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1))
    if (throwawayHosts.has(host.slice(dot + 1))) return host.slice(dot + 1)
  return undefined
}

// `amazon.com-verify.example`, `eki-net-co-jp.example`: the ending of another address, in the middle of this one.
const endingWithin = (name: string): string | false => {
  const found =
    /(?:^|[.-])(?:com|gov|org|net)-|-(?:(?:co|ne|or|go|ac|com|gov)[.-][a-z]{2}|com|gov)(?=[.-]|$)/.exec(name)
  return found?.[0] ?? false
}

// One such word before somebody's name is ordinary (`login.example.com`); several are not.
const credentialsBefore = (name: string, owner: string): string | false => {
  const found = wordsOf(name).filter((word) => credentialWords.has(word))
  return new Set(found).size >= 2 && !found.every((word) => wordsOf(owner).includes(word)) && found.join(" ")
}

const inAny = (set: ReadonlySet<string>, ...names: ReadonlyArray<string>): boolean | string =>
  names.find((name) => set.has(name)) ?? false

// Short words are only taken whole; long ones also count inside others, as in `walletsverifier`.
const wordWithinLengthMin = 5

function wordWithin(owner: string, words: ReadonlySet<string>): string | false {
  if (owner.startsWith("xn--")) return false
  const whole = wordsOf(owner).find((word) => words.has(word))
  return (
    whole ?? [...words].find((word) => word.length >= wordWithinLengthMin && owner.includes(word)) ?? false
  )
}

const wordsOf = (text: string): ReadonlyArray<string> => text.toLowerCase().split(/[^a-z]+/)

// Digits between letters (`vzr40x`, `1mbcmd5t6`) are rare in names that people choose; a year or a
// number at one end is not.
function mixesDigits(name: string): boolean {
  if (name.startsWith("xn--")) return false
  const switches = name.match(/[a-z]\d|\d[a-z]/g)?.length ?? 0
  return switches >= 2 || /\d{4,}/.test(name)
}

// A directory named like a whole host is how one kit imitates several sites.
function isForeignHost(segment: string): boolean {
  return /^(www\.)?[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|net|org|co\.uk|de|fr|it|es|ca)$/i.test(segment)
}

// A page somewhere under a folder of a blog's code, or a folder there that shows itself. A path is as long as its
// sender likes: nothing here goes over it more than a few times.
function isPlantedPage(path: string): boolean {
  const folder = blogFolder.exec(path)
  if (folder === null) return false
  const page = plantedExtension.exec(path)
  if (page !== null && page.index >= folder.index + folder[0].length) return true
  return unsuspectedFolder.test(path.slice(path.lastIndexOf(".") + 1))
}

// Victims' addresses travel in links of targeted mails, often in base64.
function base64Address(url: URL): boolean {
  const tokens = `${url.pathname}?${url.search}${url.hash}`.match(/[A-Za-z0-9+_-]{16,}={0,2}/g) ?? []
  return tokens
    .slice(0, 16)
    .some((token) => /^[\w.+-]+@[\w-]+\.[\w.]+$/.test(Buffer.from(token, "base64").toString("latin1")))
}
