import type { Weighing } from "../../contracts/http/links.ts"
import type { WeighedEvidence } from "../../contracts/scan.ts"
import { builtIn } from "../scan/rules/built-in.ts"
import { familySums } from "../scan/rules/rule-set.ts"

/** How a recorded score came about, by the rule set that it was reached with; null where that is not known any more. */
export const weighingOf = (scan: {
  readonly ruleSet: string
  readonly reasons: ReadonlyArray<WeighedEvidence>
}): Weighing | null => {
  const rules = Object.values(builtIn).find(({ version }) => version === scan.ruleSet)
  if (rules === undefined) return null
  const { maliciousFrom, prior, suspiciousFrom, unit } = rules
  return { unit, prior, suspiciousFrom, maliciousFrom, families: familySums(rules, scan.reasons) }
}
