import type { Level } from "../../contracts/level.ts"
import { canonicalize } from "../../contracts/link/canonical.ts"
import { defang } from "../../contracts/link/defang.ts"
import { linkTarget } from "../../contracts/link/link-target.ts"
import { publicSuffix } from "../../contracts/link/public-suffix.ts"
import { isOwned } from "./brand-index.ts"
import type { Evidence } from "./evidence.ts"
import { shorteners, strangersGround } from "./hosting.ts"
import { lookAlike, lookAlikeEvidence } from "./look-alike.ts"
import {
  classic,
  classicEvidence,
  classicExecutableExtensions,
  classicPorts,
  type ClassicSignals,
  classicSuspiciousTlds
} from "./rules/classic.ts"
import { type Reason, score } from "./rules/rule-set.ts"
import { wadjet } from "./rules/wadjet.ts"
import { structureEvidence } from "./structure.ts"

/** The names of the rule sets that a link can be classified by. */
export type RuleSetName = "wadjet" | "classic"

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
 * What is judged is the link within known redirect wrappers; the classic rule set knows of none.
 *
 * Returns an error for what is not an absolute URL.
 *
 * @example classify("http://192.0.2.7/paypal.com/login.php", "wadjet")
 */
export function classify(
  url: string,
  rules: RuleSetName = "wadjet"
): Classification | { readonly error: string } {
  const canonical = canonicalize(url)
  if ("error" in canonical) return canonical
  const scored =
    rules === "classic"
      ? score(classic, classicEvidence(classicSignals(canonical.canonical)))
      : score(wadjet, targetEvidence(canonical.canonical))
  const { level, probability, reasons } = scored
  return {
    level,
    score: scored.score,
    ...(probability === undefined ? {} : { probability }),
    evidence: reasons
  }
}

function targetEvidence(canonicalUrl: string): ReadonlyArray<Evidence> {
  const { url, wrappers } = linkTarget(canonicalUrl)
  return [...localEvidence(url), ...wrapperEvidence(wrappers)]
}

/** That a link came in redirect wrappers, which says nothing for or against what it leads to. */
export const wrapperEvidence = (wrappers: ReadonlyArray<string>): ReadonlyArray<Evidence> =>
  wrappers.length === 0 ? [] : [{ source: "wrapper", kind: "taken-off", detail: wrappers.join(", ") }]

/** Everything that is known about a canonical URL at once: its structure, and whom its host imitates. */
export function localEvidence(canonicalUrl: string): ReadonlyArray<Evidence> {
  const host = URL.parse(canonicalUrl)?.hostname ?? ""
  return [...structureEvidence(canonicalUrl), ...(isOwned(host) ? ownership(host) : lookAlikeEvidence(host))]
}

function ownership(host: string): ReadonlyArray<Evidence> {
  const labels = host.split(".")
  const filledByStrangers = labels.some((_, at) => strangersGround.has(labels.slice(at).join(".")))
  return filledByStrangers ? [] : [{ source: "brand", kind: "owned", detail: defang(host) }]
}

/** The older scanner's signals, as far as the URL alone gives them. */
export function classicSignals(canonicalUrl: string): ClassicSignals {
  const url = URL.parse(canonicalUrl)
  if (url === null) return {}
  const { suffix, registrable } = publicSuffix(url.hostname)
  const { level } = lookAlike(url.hostname)
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
