/** The level that holds for a link in a chat: by a scan, or by an override, which goes before everything. Pure. */
import type { Level } from "../../contracts/level.ts"
import type { Basis } from "../../contracts/verdict.ts"
import type { Override, Policy, Scan } from "./model.ts"

/** The level that holds in a chat now, and what it rests on. */
export interface Judgement {
  readonly level: Level
  readonly basis: Basis
}

const specificity = { url: 2, host: 1, domain: 0 } as const

/** The most specific override wins, then the chat's own over the general, then the newest. */
const weightier = (a: Override, b: Override): Override => {
  const bySpecificity = specificity[a.match] - specificity[b.match]
  if (bySpecificity !== 0) return bySpecificity > 0 ? a : b
  const byScope = Number(a.chat !== undefined) - Number(b.chat !== undefined)
  if (byScope !== 0) return byScope > 0 ? a : b
  return a.sequence > b.sequence ? a : b
}

/** An override decides before everything; else the scan does; else nothing is known yet. */
export const judge = (
  applicable: ReadonlyArray<Override>,
  scan: Scan | undefined,
  policy: Policy
): Judgement | undefined => {
  const [first, ...rest] = applicable
  const base = { scan: scan?.sequence ?? 0, policy: policy.sequence }
  if (first !== undefined) {
    const decisive = rest.reduce(weightier, first)
    const level = decisive.effect === "deny" ? "malicious" : "benign"
    return {
      level,
      basis: { ...base, policy: Math.max(base.policy, decisive.sequence), override: decisive.override }
    }
  }
  return scan === undefined ? undefined : { level: scan.level, basis: { ...base, ruleSet: scan.ruleSet } }
}
