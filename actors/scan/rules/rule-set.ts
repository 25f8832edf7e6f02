import type { Level } from "../../../contracts/level.ts"
import type { MissingEvidence } from "../../../contracts/scan.ts"
import { type Evidence, evidenceName } from "../evidence.ts"

/** What one kind of evidence is worth, and the family it counts in. */
export interface Weight {
  readonly family: string
  readonly weight: number
}

/** The most that a family of correlated evidence may add (`most`) or take away (`least`, at most 0). */
export interface Cap {
  readonly most: number
  readonly least: number
}

/**
 * A versioned declaration of how evidence becomes a verdict. Weights are decibans in fitted rule sets and
 * points in the classic one; the arithmetic is the same: the prior, plus each family's capped sum,
 * clamped to `bounds`.
 */
export interface RuleSet {
  readonly version: string
  readonly unit: "decibans" | "points"
  readonly prior: number
  /** The score from which a link is suspicious, and from which it is malicious. */
  readonly suspiciousFrom: number
  readonly maliciousFrom: number
  readonly bounds: { readonly least: number; readonly most: number }
  readonly families: Readonly<Record<string, Cap>>
  /** By evidence name. Evidence that is not named weighs nothing and is shown so. */
  readonly weights: Readonly<Record<string, Weight>>
  /** By evidence name: what a person decided, which no sum overrules. */
  readonly decisions: Readonly<Record<string, { readonly level: Level; readonly score: number }>>
  readonly validSeconds: Readonly<Record<Level, number>>
  /** The longest validity of a verdict that was reached while a source was missing. */
  readonly validSecondsWhileMissing: number
}

/** Evidence with the weight that a rule set gave it. */
export interface Reason extends Evidence {
  readonly weight: number
}

/** A scored link, with everything it rests on. */
export interface Score {
  readonly ruleSet: string
  readonly level: Level
  readonly score: number
  /** Probability that the link is malicious; only where the unit is decibans and nobody decided. */
  readonly probability?: number
  /** All evidence, heaviest first. */
  readonly reasons: ReadonlyArray<Reason>
  readonly missing: ReadonlyArray<MissingEvidence>
  readonly validSeconds: number
}

/**
 * Weighs evidence by a rule set. Missing evidence adds and takes away nothing: it only shortens how long
 * the verdict may be believed.
 *
 * @example score(wadjet, [{ source: "structure", kind: "ip-literal" }], [])
 */
export function score(
  ruleSet: RuleSet,
  evidence: ReadonlyArray<Evidence>,
  missing: ReadonlyArray<MissingEvidence> = []
): Score {
  const reasons = evidence
    .map((item): Reason => ({ ...item, weight: ruleSet.weights[evidenceName(item)]?.weight ?? 0 }))
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
  const decision = evidence
    .map((item) => ruleSet.decisions[evidenceName(item)])
    .find((found) => found !== undefined)
  const sum = decision?.score ?? clamp(ruleSet.prior + sumOfFamilies(ruleSet, reasons), ruleSet.bounds)
  const level = decision?.level ?? levelOf(ruleSet, sum)
  const validity = ruleSet.validSeconds[level]
  return {
    ruleSet: ruleSet.version,
    level,
    score: sum,
    ...(ruleSet.unit === "decibans" && decision === undefined ? { probability: probability(sum) } : {}),
    reasons,
    missing,
    validSeconds: missing.length > 0 ? Math.min(validity, ruleSet.validSecondsWhileMissing) : validity
  }
}

function sumOfFamilies(ruleSet: RuleSet, reasons: ReadonlyArray<Reason>): number {
  const sums = new Map<string, number>()
  for (const reason of reasons) {
    const family = ruleSet.weights[evidenceName(reason)]?.family
    if (family !== undefined) sums.set(family, (sums.get(family) ?? 0) + reason.weight)
  }
  let total = 0
  for (const [family, sum] of sums) total += clamp(sum, ruleSet.families[family] ?? uncapped)
  return total
}

const uncapped: Cap = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY }

const clamp = (value: number, { least, most }: Cap): number => Math.min(most, Math.max(least, value))

function levelOf(ruleSet: RuleSet, sum: number): Level {
  if (sum >= ruleSet.maliciousFrom) return "malicious"
  return sum >= ruleSet.suspiciousFrom ? "suspicious" : "benign"
}

/** The probability that decibans of log-odds stand for: 0 dB is ½, 10 dB is 10⁄11. */
export const probability = (decibans: number): number => 1 / (1 + 10 ** (-decibans / 10))
