/** How far a score is from certain: what it could have become, had everybody answered who did not. */
import type { MissingEvidence, ScoreRange } from "../../../contracts/scan.ts"
import { type Evidence, evidenceName } from "../evidence.ts"
import { clamp, decisionOn, levelOf } from "./rule-set.ts"
import type { Cap, RuleSet } from "./rule-set-shape.ts"

/**
 * Missing sources that give evidence under another name, or stand for several. A link that was not followed counts for
 * what following it would have said, and not for what may lie at its end.
 */
const evidenceSources: Readonly<Record<string, ReadonlyArray<string>>> = {
  feeds: ["feed"],
  "cloudflare-dns": ["dns-filter"],
  "quad9-dns": ["dns-filter"],
  redirects: ["redirects", "page"],
  reputation: ["safe-browsing", "urlhaus", "virustotal", "phishtank", "urlscan", "rdap", "dns-filter"]
}

/** The sources of evidence that a missing one stands for. Each feed is missing by its own name: `feed openphish`. */
const sourcesOf = (missing: string): ReadonlyArray<string> =>
  missing.startsWith("feed ") ? ["feed"] : (evidenceSources[missing] ?? [missing])

interface Kind {
  readonly name: string
  readonly family: string
  readonly weight: number
}

/** Rule sets are few and used for every scan. */
const known = new WeakMap<RuleSet, ReadonlyMap<string, ReadonlyArray<Kind>>>()

/** The kinds of evidence that a rule set weighs, by their sources. */
const kindsOf = (ruleSet: RuleSet): ReadonlyMap<string, ReadonlyArray<Kind>> => {
  const found = known.get(ruleSet)
  if (found !== undefined) return found
  const kinds = Object.entries(ruleSet.weights).map(([name, weight]): Kind => ({ name, ...weight }))
  const bySource = Map.groupBy(kinds, ({ name }) => name.slice(0, name.indexOf(".")))
  known.set(ruleSet, bySource)
  return bySource
}

/** What a source could say at most, either way, in each family: the heaviest of its kinds that nobody said already. */
const swingOf = (kinds: ReadonlyArray<Kind>, said: ReadonlySet<string>): ReadonlyMap<string, Cap> => {
  const swing = new Map<string, Cap>()
  for (const { family, name, weight } of kinds) {
    if (said.has(name)) continue
    const { least, most } = swing.get(family) ?? { least: 0, most: 0 }
    swing.set(family, { least: Math.min(least, weight), most: Math.max(most, weight) })
  }
  return swing
}

const add = (sums: Map<string, Cap>, family: string, { least, most }: Cap) => {
  const sum = sums.get(family) ?? { least: 0, most: 0 }
  sums.set(family, { least: sum.least + least, most: sum.most + most })
}

const noCap: Cap = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY }

/**
 * The scores between which a link would be, had every missing source answered: each with the heaviest thing that it
 * can say for the link or against it, in each family, under the families' caps. Nobody missing, or a person's
 * decision, leaves one score.
 */
export const rangeOf = (
  ruleSet: RuleSet,
  evidence: ReadonlyArray<Evidence>,
  missing: ReadonlyArray<Pick<MissingEvidence, "source">>
): ScoreRange => {
  const decision = decisionOn(ruleSet, evidence)
  if (decision !== undefined) return { least: decision.score, most: decision.score }
  const sums = new Map<string, Cap>()
  for (const each of evidence) {
    const found = ruleSet.weights[evidenceName(each)]
    if (found !== undefined) add(sums, found.family, { least: found.weight, most: found.weight })
  }
  const kinds = kindsOf(ruleSet)
  const said = new Set(evidence.map(evidenceName))
  for (const source of new Set(missing.flatMap((each) => sourcesOf(each.source))))
    for (const [family, swing] of swingOf(kinds.get(source) ?? [], said)) add(sums, family, swing)
  let { least, most } = { least: ruleSet.prior, most: ruleSet.prior }
  for (const [family, sum] of sums) {
    const cap = ruleSet.families[family] ?? noCap
    least += clamp(sum.least, cap)
    most += clamp(sum.most, cap)
  }
  return { least: clamp(least, ruleSet.bounds), most: clamp(most, ruleSet.bounds) }
}

/** Whether the level would be the same, whatever the missing had said. */
export const isFirm = (ruleSet: RuleSet, { least, most }: ScoreRange): boolean =>
  levelOf(ruleSet, least) === levelOf(ruleSet, most)
