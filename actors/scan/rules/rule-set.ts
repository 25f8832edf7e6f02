import type { Level } from "../../../contracts/level.ts"
import type { MissingEvidence } from "../../../contracts/scan.ts"
import { type Evidence, evidenceName } from "../evidence.ts"
import type { Cap, RuleSet } from "./rule-set-shape.ts"

export type { Cap, RuleSet, Weight } from "./rule-set-shape.ts"

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
  const decision = decisionOn(ruleSet, evidence)
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

/** What a person decided, if anybody did. */
export const decisionOn = (ruleSet: RuleSet, evidence: ReadonlyArray<Evidence>) =>
  evidence.map((item) => ruleSet.decisions[evidenceName(item)]).find((found) => found !== undefined)

/** What a family of evidence comes to, and what of it counts under its cap. */
export interface FamilySum extends Cap {
  readonly family: string
  readonly sum: number
  readonly counted: number
}

/** The families that evidence falls into, in the order of what they count, either way. */
export function familySums(ruleSet: RuleSet, evidence: ReadonlyArray<Evidence>): ReadonlyArray<FamilySum> {
  return [...sumsOf(ruleSet, evidence)]
    .map(([family, sum]) => {
      const cap = ruleSet.families[family] ?? uncapped
      return { family, sum, counted: clamp(sum, cap), ...cap }
    })
    .toSorted((a, b) => Math.abs(b.counted) - Math.abs(a.counted))
}

function sumsOf(ruleSet: RuleSet, evidence: ReadonlyArray<Evidence>): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const each of evidence) {
    const weight = ruleSet.weights[evidenceName(each)]
    if (weight !== undefined) sums.set(weight.family, (sums.get(weight.family) ?? 0) + weight.weight)
  }
  return sums
}

function sumOfFamilies(ruleSet: RuleSet, evidence: ReadonlyArray<Evidence>): number {
  let total = 0
  for (const [family, sum] of sumsOf(ruleSet, evidence))
    total += clamp(sum, ruleSet.families[family] ?? uncapped)
  return total
}

const uncapped: Cap = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY }

/** A value brought within a cap. */
export const clamp = (value: number, { least, most }: Cap): number => Math.min(most, Math.max(least, value))

/** The level that a score stands for. */
export function levelOf(ruleSet: RuleSet, sum: number): Level {
  if (sum >= ruleSet.maliciousFrom) return "malicious"
  return sum >= ruleSet.suspiciousFrom ? "suspicious" : "benign"
}

/** The probability that decibans of log-odds stand for: 0 dB is ½, 10 dB is 10⁄11. */
export const probability = (decibans: number): number => 1 / (1 + 10 ** (-decibans / 10))
