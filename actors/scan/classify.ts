import type { Level } from "../../contracts/level.ts"
import { canonicalize } from "../../contracts/link/canonical.ts"
import { defang } from "../../contracts/link/defang.ts"
import { linkTarget } from "../../contracts/link/link-target.ts"
import { publicSuffix } from "../../contracts/link/public-suffix.ts"
import { type BrandIndex, builtInBrands, isOwned } from "./brand-index.ts"
import type { Evidence } from "./evidence.ts"
import { shorteners } from "./hosting.ts"
import { isStrangersGround, knownSite } from "./known-sites.ts"
import { lookAlike, lookAlikeEvidence } from "./look-alike.ts"
import {
  classic,
  classicEvidence,
  classicExecutableExtensions,
  classicPorts,
  type ClassicSignals,
  classicSuspiciousTlds
} from "./rules/classic.ts"
import { builtIn, type BuiltInName } from "./rules/built-in.ts"
import { type Reason, type RuleSet, score } from "./rules/rule-set.ts"
import { structureEvidence } from "./structure.ts"

/** A verdict from the URL alone. */
export interface Classification {
  readonly level: Level
  readonly score: number
  readonly probability?: number
  /** Heaviest first, with the weights that were applied. */
  readonly evidence: ReadonlyArray<Reason>
}

/**
 * What can be known from the URL without any look-up: no feeds, no network, no memory. Every source that
 * could say more is missing, so a benign level here means no more than that nothing spoke against it.
 * What is judged is the link within known redirect wrappers; the classic rule set knows of none. Brands are those of
 * `brands`; left out, those that Wadjet knows from the start.
 *
 * Returns an error for what is not an absolute URL.
 *
 * @example classify("http://192.0.2.7/paypal.com/login.php", "wadjet")
 */
export function classify(
  url: string,
  rules: BuiltInName | RuleSet = "wadjet",
  brands: BrandIndex = builtInBrands()
): Classification | { readonly error: string } {
  const canonical = canonicalize(url)
  if ("error" in canonical) return canonical
  const ruleSet = typeof rules === "string" ? builtIn[rules] : rules
  const {
    level,
    probability,
    reasons,
    score: sum
  } = score(ruleSet, evidenceFor(ruleSet, canonical.canonical, brands))
  return {
    level,
    score: sum,
    ...(probability === undefined ? {} : { probability }),
    evidence: reasons
  }
}

/** Every rule set weighs the same evidence, but the classic one, which had signals of its own. */
const evidenceFor = (ruleSet: RuleSet, canonicalUrl: string, brands: BrandIndex): ReadonlyArray<Evidence> =>
  ruleSet === classic
    ? classicEvidence(classicSignals(canonicalUrl, brands))
    : targetEvidence(canonicalUrl, brands)

function targetEvidence(canonicalUrl: string, brands: BrandIndex): ReadonlyArray<Evidence> {
  const { url, wrappers } = linkTarget(canonicalUrl)
  return [...localEvidence(url, brands), ...wrapperEvidence(wrappers)]
}

/** That a link came in redirect wrappers, which says nothing for or against what it leads to. */
export const wrapperEvidence = (wrappers: ReadonlyArray<string>): ReadonlyArray<Evidence> =>
  wrappers.length === 0 ? [] : [{ source: "wrapper", kind: "taken-off", detail: wrappers.join(", ") }]

/** Everything that is known about a canonical URL at once: its structure, and whom its host imitates. */
export function localEvidence(
  canonicalUrl: string,
  brands: BrandIndex = builtInBrands()
): ReadonlyArray<Evidence> {
  const host = URL.parse(canonicalUrl)?.hostname ?? ""
  return [
    ...structureEvidence(canonicalUrl, brands),
    ...(isOwned(host, brands) ? ownership(host) : standing(host, brands))
  ]
}

const ownership = (host: string): ReadonlyArray<Evidence> =>
  isStrangersGround(host) ? [] : [{ source: "brand", kind: "owned", detail: defang(host) }]

function standing(host: string, brands: BrandIndex): ReadonlyArray<Evidence> {
  const imitation = lookAlikeEvidence(host, brands)
  const site = imitation.length > 0 ? null : knownSite(host)
  return site === null ? imitation : [{ source: "site", kind: "known", detail: defang(site) }]
}

/** The older scanner's signals, as far as the URL alone gives them. */
export function classicSignals(canonicalUrl: string, brands: BrandIndex = builtInBrands()): ClassicSignals {
  const url = URL.parse(canonicalUrl)
  if (url === null) return {}
  const { suffix, registrable } = publicSuffix(url.hostname)
  const { level } = lookAlike(url.hostname, brands)
  return {
    isIpLiteral: suffix === null,
    hasSuspiciousTld: classicSuspiciousTlds.has(url.hostname.slice(url.hostname.lastIndexOf(".") + 1)),
    hasUncommonPort: url.port !== "" && !classicPorts.has(Number(url.port)),
    urlLength: canonicalUrl.length,
    hasExecutableExtension: classicExecutableExtensions.has(
      /\.([a-z0-9]+)$/i.exec(url.pathname)?.[1]?.toLowerCase() ?? ""
    ),
    wasShortened: shorteners.has(registrable ?? ""),
    homoglyph: { detected: level !== "none", riskLevel: level }
  }
}
