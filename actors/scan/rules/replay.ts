/** Weighing recorded results again by another rule set, and comparing. Pure: nothing is asked, sent or stored. */
import type { LinkId } from "../../../contracts/ids.ts"
import type { Level } from "../../../contracts/level.ts"
import type { MissingEvidence, WeighedEvidence } from "../../../contracts/scan.ts"
import type { BrandIndex } from "../brand-index.ts"
import { classicSignals } from "../classify.ts"
import { type Evidence, evidenceName } from "../evidence.ts"
import { classic, classicEvidence } from "./classic.ts"
import { type RuleSet, score, type Score } from "./rule-set.ts"

/** A result as the log holds it. */
export interface RecordedResult {
  readonly sequence: number
  readonly link: LinkId
  readonly level: Level
  readonly score: number
  readonly ruleSet: string
  readonly evidence: ReadonlyArray<WeighedEvidence>
  readonly missing: ReadonlyArray<MissingEvidence>
  /** The result that it takes the place of. */
  readonly revises?: number | undefined
  /** The link itself, where it was opened. */
  readonly url?: string | undefined
}

/** A recorded result, and what another rule set says of the same evidence. */
export interface Rescored {
  readonly was: RecordedResult
  readonly now: Score
}

/** Sources whose evidence the older scanner found by rules of its own, from the URL. */
const readOffTheUrl: ReadonlySet<string> = new Set(["structure", "look-alike"])

/**
 * The evidence of a recorded result, for a rule set. Names are the same in all of them; of a URL that is known, the
 * classic rules get exactly the signals that the older scanner saw.
 */
export const evidenceUnder = (
  rules: RuleSet,
  { evidence, url }: RecordedResult,
  brands?: BrandIndex
): ReadonlyArray<Evidence> =>
  rules === classic && url !== undefined
    ? [
        ...classicEvidence(classicSignals(url, brands)),
        ...evidence.filter(({ source }) => !readOffTheUrl.has(source))
      ]
    : evidence

/** Weighs a recorded result again. */
export const rescore = (rules: RuleSet, was: RecordedResult, brands?: BrandIndex): Rescored => ({
  was,
  now: score(rules, evidenceUnder(rules, was, brands), was.missing)
})

/** How often a kind of evidence was found, and what it weighs. */
export interface KindCount {
  readonly name: string
  readonly results: number
  /** Of these, those whose level is another one now. */
  readonly changed: number
  /** As it was recorded last. */
  readonly was: number
  /** Null where the rule set does not know it. */
  readonly now: number | null
}

type Confusion = { readonly [Was in Level]: { readonly [Now in Level]: number } }

export interface Comparison {
  /** Results that no later one took the place of, by the level that they had and the one that they get. */
  readonly confusion: Confusion
  readonly results: number
  /** Results that a later look at the same link took the place of; they are not in `confusion`. */
  readonly replaced: number
  /** Results of the very version that they are weighed by now, and how many of them came out the same. */
  readonly sameVersion: { readonly results: number; readonly equal: number }
  /** By how often they were found. */
  readonly kinds: ReadonlyArray<KindCount>
}

/**
 * First results that wait to be replaced. The second look at a link comes within seconds; of a link that many thousand
 * others came after, the first result is taken for the last.
 */
const waitingMax = 100_000

const noCounts = () => ({ malicious: 0, suspicious: 0, benign: 0 })

/** Counts what changes, result by result, in memory that does not grow with the log. */
export const makeComparison = (rules: RuleSet) => {
  const confusion = { malicious: noCounts(), suspicious: noCounts(), benign: noCounts() }
  const kinds = new Map<string, { results: number; changed: number; was: number }>()
  const standing = new Map<number, readonly [was: Level, now: Level]>()
  let [results, replaced, sameResults, sameEqual] = [0, 0, 0, 0]

  const replace = (sequence: number | undefined) => {
    const earlier = sequence === undefined ? undefined : standing.get(sequence)
    if (earlier === undefined || sequence === undefined) return
    standing.delete(sequence)
    confusion[earlier[0]][earlier[1]]--
    replaced++
  }

  return {
    add: ({ now, was }: Rescored): void => {
      results++
      replace(was.revises)
      confusion[was.level][now.level]++
      standing.set(was.sequence, [was.level, now.level])
      if (standing.size > waitingMax) standing.delete(standing.keys().next().value!)
      if (was.ruleSet === rules.version) {
        sameResults++
        if (was.level === now.level && Math.abs(was.score - now.score) < 1e-9) sameEqual++
      }
      const isChanged = was.level !== now.level ? 1 : 0
      for (const evidence of was.evidence) {
        const name = evidenceName(evidence)
        const count = kinds.get(name)
        if (count === undefined) kinds.set(name, { results: 1, changed: isChanged, was: evidence.weight })
        else {
          count.results++
          count.changed += isChanged
          count.was = evidence.weight
        }
      }
    },
    result: (): Comparison => ({
      confusion,
      results,
      replaced,
      sameVersion: { results: sameResults, equal: sameEqual },
      kinds: [...kinds]
        .map(([name, count]) => ({ name, ...count, now: rules.weights[name]?.weight ?? null }))
        .toSorted((a, b) => b.results - a.results)
    })
  }
}
