/** Scores and what they could have been, in words. Pure. */
import type { ScoreRange } from "../../contracts/scan.ts"
import { levelOf, type RuleSet } from "../scan/rules/rule-set.ts"
import { signed } from "./words.ts"

export const unitWord: { readonly [U in RuleSet["unit"]]: string } = { decibans: "dB", points: "points" }

/** What the missing evidence could have made of a score: `Known, it could be −19 to +30 dB: benign to malicious.` */
export const rangeText = (rules: RuleSet, { least, most }: ScoreRange): string => {
  const [low, high] = [levelOf(rules, least), levelOf(rules, most)]
  const levels = low === high ? `${low} either way` : `${low} to ${high}`
  return `If that were known, the score could be from ${signed(least)} to ${signed(most)} ${unitWord[rules.unit]}: ${levels}.`
}
