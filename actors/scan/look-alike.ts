import { domainToASCII, domainToUnicode } from "node:url"
import { type BrandIndex, builtInBrands } from "./brand-index.ts"
import { brandFinding } from "./brand-match.ts"
import type { Evidence } from "./evidence.ts"
import { type LabelFinding, labelFindings } from "./idn-policy.ts"

/** How strongly a host pretends to be another. */
export type LookAlikeLevel = "none" | "low" | "medium" | "high"

/** What the look-alike check found. */
export interface LookAlike {
  /** The host as its readers see it. */
  readonly unicode: string
  /** True unless the level is `none`. */
  readonly spoof: boolean
  readonly level: LookAlikeLevel
  /** The domain that is imitated, where it is known which. */
  readonly brand?: string
  readonly reasons: ReadonlyArray<string>
}

const order: ReadonlyArray<LookAlikeLevel> = ["none", "low", "medium", "high"]

/**
 * Whether a host (A-labels or U-labels) is made to be taken for another: characters that no honest name
 * combines, and names that read as, contain, or are one slip from a known brand's. A brand's own hosts and
 * names written in one script, for its readers, are left alone.
 *
 * @example lookAlike("paypa1-login.com").brand // "paypal.com"
 */
export function lookAlike(host: string, brands: BrandIndex = builtInBrands()): LookAlike {
  const name = host.toLowerCase().replace(/\.$/, "")
  if (plainName.test(name) && !name.includes("xn--")) return seenAs(name, [], brands)
  const ascii = domainToASCII(name)
  const unicode = domainToUnicode(ascii)
  // What does not survive encoding again was never a valid name: browsers show it as it is.
  if (name !== "" && (ascii === "" || domainToASCII(unicode) !== ascii || undecoded(unicode))) {
    return { unicode: name, spoof: true, level: "low", reasons: ["not a valid internationalised name"] }
  }
  const labels = unicode.split(".")
  const tld = labels.at(-1) ?? ""
  return seenAs(
    unicode,
    [...new Set(labels)].flatMap((label) => labelFindings(label, tld)),
    brands
  )
}

// Names of plain letters, digits and hyphens that end in a word need no decoding, and none of their letters is a trick.
const plainName = /^[a-z0-9._-]*(?<![^.])[a-z][a-z0-9-]*$/

function seenAs(unicode: string, findings: ReadonlyArray<LabelFinding>, brands: BrandIndex): LookAlike {
  const imitation = brandFinding(unicode, brands)
  const level = [...findings, ...(imitation === undefined ? [] : [imitation])]
    .map((finding) => finding.level)
    .reduce<LookAlikeLevel>((most, next) => (order.indexOf(next) > order.indexOf(most) ? next : most), "none")
  return {
    unicode,
    spoof: level !== "none",
    level,
    ...(imitation === undefined ? {} : { brand: imitation.brand }),
    reasons: [
      ...(imitation === undefined ? [] : [imitation.reason]),
      ...new Set(findings.map(({ reason }) => reason))
    ]
  }
}

const undecoded = (unicode: string): boolean => unicode.split(".").some((label) => label.startsWith("xn--"))

/** The same as evidence: nothing for an honest host, else one piece whose kind is the level. */
export function lookAlikeEvidence(
  host: string,
  brands: BrandIndex = builtInBrands()
): ReadonlyArray<Evidence> {
  const { level, brand, reasons } = lookAlike(host, brands)
  if (level === "none") return []
  const detail =
    brand === undefined ? reasons.join("; ") : `${brand.replaceAll(".", "[.]")}: ${reasons.join("; ")}`
  return [{ source: "look-alike", kind: level, detail }]
}
