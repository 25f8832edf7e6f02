import type { Evidence } from "../evidence.ts"
import type { RuleSet, Weight } from "./rule-set.ts"

// The older scanner added points without families; every kind stands alone.
const points = (weight: number): Weight => ({ family: "points", weight })

/**
 * The older scanner's scoring, exactly, so that its history and ours can be compared under one rule set:
 * points clamped to 0–15; benign up to 3, suspicious 4–7, malicious from 8.
 */
export const classic: RuleSet = {
  version: "classic",
  unit: "points",
  prior: 0,
  suspiciousFrom: 4,
  maliciousFrom: 8,
  bounds: { least: 0, most: 15 },
  // The same as the bounds: nothing that these points add up to is cut off before the sum is.
  families: { points: { least: 0, most: 15 } },
  weights: {
    "safe-browsing.listed": points(10),
    "phishtank.verified": points(10),
    "urlhaus.listed": points(10),
    "virustotal.engines-3": points(8),
    "virustotal.engines-1": points(5),
    "rdap.age-7": points(6),
    "rdap.age-14": points(4),
    "rdap.age-30": points(2),
    "look-alike.high": points(5),
    "look-alike.medium": points(3),
    "look-alike.low": points(1),
    "structure.ip-literal": points(3),
    "structure.suspicious-tld": points(2),
    "structure.odd-port": points(2),
    "structure.long-url": points(2),
    "structure.executable": points(1),
    "structure.shortener": points(1),
    "redirects.long-chain": points(2),
    "redirects.final-host-mismatch": points(2)
  },
  decisions: {
    "override.allow": { level: "benign", score: 0 },
    "override.deny": { level: "malicious", score: 15 }
  },
  validSeconds: { benign: 86_400, suspicious: 3_600, malicious: 900 },
  // The older scanner did not know that a source was missing.
  validSecondsWhileMissing: 86_400
}

/** Top-level domains that the older scanner distrusted. */
export const classicSuspiciousTlds: ReadonlySet<string> = new Set(
  "zip mov tk ml cf gq work click country kim men party science top xyz club link".split(" ")
)

/** File extensions that the older scanner held to be executable. */
export const classicExecutableExtensions: ReadonlySet<string> = new Set(
  "exe msi apk bat cmd ps1 scr jar pkg dmg iso".split(" ")
)

/** Ports that the older scanner held to be ordinary. */
export const classicPorts: ReadonlySet<number> = new Set([80, 443, 8_080, 8_443])

/** What the older scanner knew about a link, under its own field names. */
export interface ClassicSignals {
  readonly gsbThreatTypes?: ReadonlyArray<string> | null
  readonly phishtankVerified?: boolean | null
  readonly urlhausListed?: boolean | null
  /** Engines that called the URL malicious. */
  readonly vtMalicious?: number | null
  readonly domainAgeDays?: number | null
  /** Entries of the redirect chain. */
  readonly redirectCount?: number | null
  readonly wasShortened?: boolean | null
  /** The shortened link ended on another host. */
  readonly finalUrlMismatch?: boolean | null
  readonly hasSuspiciousTld?: boolean | null
  readonly isIpLiteral?: boolean | null
  readonly hasUncommonPort?: boolean | null
  /** Characters. */
  readonly urlLength?: number | null
  readonly hasExecutableExtension?: boolean | null
  readonly homoglyph?: {
    readonly detected: boolean
    readonly riskLevel?: "none" | "low" | "medium" | "high" | null
  } | null
  readonly manualOverride?: "allow" | "deny" | null
}

const chainEntriesFrom = 3
const urlLengthMax = 200

/** The older scanner's signals as evidence that {@link classic} weighs. */
export function classicEvidence(signals: ClassicSignals): ReadonlyArray<Evidence> {
  const age = signals.domainAgeDays ?? Number.POSITIVE_INFINITY
  const engines = signals.vtMalicious ?? 0
  const homoglyph = signals.homoglyph?.detected === true ? (signals.homoglyph.riskLevel ?? "none") : "none"
  const seen: ReadonlyArray<readonly [boolean, source: string, kind: string]> = [
    [signals.manualOverride === "allow", "override", "allow"],
    [signals.manualOverride === "deny", "override", "deny"],
    [(signals.gsbThreatTypes?.length ?? 0) > 0, "safe-browsing", "listed"],
    [signals.phishtankVerified === true, "phishtank", "verified"],
    [signals.urlhausListed === true, "urlhaus", "listed"],
    [engines >= 3, "virustotal", "engines-3"],
    [engines >= 1 && engines < 3, "virustotal", "engines-1"],
    [age < 7, "rdap", "age-7"],
    [age >= 7 && age < 14, "rdap", "age-14"],
    [age >= 14 && age < 30, "rdap", "age-30"],
    [homoglyph !== "none", "look-alike", homoglyph],
    [signals.isIpLiteral === true, "structure", "ip-literal"],
    [signals.hasSuspiciousTld === true, "structure", "suspicious-tld"],
    [(signals.redirectCount ?? 0) >= chainEntriesFrom, "redirects", "long-chain"],
    [signals.hasUncommonPort === true, "structure", "odd-port"],
    [(signals.urlLength ?? 0) > urlLengthMax, "structure", "long-url"],
    [signals.hasExecutableExtension === true, "structure", "executable"],
    [signals.wasShortened === true, "structure", "shortener"],
    [signals.finalUrlMismatch === true, "redirects", "final-host-mismatch"]
  ]
  return seen.filter(([is]) => is).map(([, source, kind]) => ({ source, kind }))
}
