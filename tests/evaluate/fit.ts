/** Weights by penalised logistic regression: those that explain the labels best without straying far for little. */
import { type Evidence, evidenceName } from "../../actors/scan/evidence.ts"
import type { RuleSet } from "../../actors/scan/rules/rule-set.ts"

/** The evidence of one labelled URL, by name. */
export interface Observation {
  readonly names: ReadonlyArray<string>
  readonly isPhish: boolean
  readonly source: string
}

export const observationOf = (
  evidence: ReadonlyArray<Evidence>,
  isPhish: boolean,
  source: string
): Observation => ({ names: [...new Set(evidence.map(evidenceName))], isPhish, source })

const steps = 600
const stepSize = 0.5
/** How strongly a weight is held at the one it had, in observations. */
const penaltyObservations = 20
const observationsMin = 15
const decibansPerNat = 10 / Math.LN10

/**
 * Collectors leave traces in what they collect that say nothing of the world: old lists are full of plain http, and
 * lists of good sites have hardly any. These weights are not fitted.
 */
export const notFitted: ReadonlySet<string> = new Set(["structure.plain-http", "wrapper.taken-off"])

/**
 * Fitted weights in decibans, by evidence name; only of evidence that was seen often enough, never with another sign
 * than it had. Every source counts the same within its class, and both classes the same.
 */
export function fitWeights(
  observations: ReadonlyArray<Observation>,
  rules: RuleSet
): ReadonlyMap<string, number> {
  const seen = new Map<string, number>()
  for (const { names } of observations) for (const name of names) seen.set(name, (seen.get(name) ?? 0) + 1)
  const fitted = [...seen].filter(([name, times]) => times >= observationsMin && !notFitted.has(name))
  const names = fitted.map(([name]) => name)
  const place = new Map(names.map((name, at) => [name, at]))
  const start = names.map((name) => (rules.weights[name]?.weight ?? 0) / decibansPerNat)
  const rows = observations.map((row) => ({
    at: row.names.flatMap((name) => place.get(name) ?? []),
    target: row.isPhish ? 1 : 0,
    share: shareOf(observations, row)
  }))
  const penalty = penaltyObservations / observations.length
  const weights = [...start]
  let base = 0
  for (let step = 0; step < steps; step++) {
    const slope = weights.map((weight, at) => penalty * (weight - (start[at] ?? 0)))
    let baseSlope = 0
    for (const { at, share, target } of rows) {
      const sum = at.reduce((total, index) => total + (weights[index] ?? 0), base)
      const wrong = share * (1 / (1 + Math.exp(-sum)) - target)
      baseSlope += wrong
      for (const index of at) slope[index] = (slope[index] ?? 0) + wrong
    }
    base -= stepSize * 4 * baseSlope
    for (const [at, by] of slope.entries()) {
      const moved = (weights[at] ?? 0) - stepSize * 8 * by
      weights[at] = (start[at] ?? 0) < 0 ? Math.min(0, moved) : Math.max(0, moved)
    }
  }
  return new Map(names.map((name, at) => [name, (weights[at] ?? 0) * decibansPerNat]))
}

const shares = new WeakMap<ReadonlyArray<Observation>, ReadonlyMap<string, number>>()

function shareOf(observations: ReadonlyArray<Observation>, { source }: Observation): number {
  let known = shares.get(observations)
  if (known === undefined) {
    const counts = new Map<string, number>()
    const sources = { phish: new Set<string>(), benign: new Set<string>() }
    for (const row of observations) {
      counts.set(row.source, (counts.get(row.source) ?? 0) + 1)
      sources[row.isPhish ? "phish" : "benign"].add(row.source)
    }
    known = new Map(
      [...counts].map(([name, count]) => [
        name,
        0.5 / (sources.phish.has(name) ? sources.phish.size : sources.benign.size) / count
      ])
    )
    shares.set(observations, known)
  }
  return known.get(source) ?? 0
}
