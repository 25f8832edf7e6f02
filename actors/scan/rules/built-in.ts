import { classic } from "./classic.ts"
import type { RuleSet } from "./rule-set-shape.ts"
import { wadjet } from "./wadjet.ts"

/** The rule sets that come with Wadjet, by the short names that they go by. */
export const builtIn = { wadjet, classic } as const satisfies Readonly<Record<string, RuleSet>>

/** The names of the rule sets that come with Wadjet. */
export type BuiltInName = keyof typeof builtIn

/** The built-in rule set of a short name (`wadjet`) or a version (`wadjet-3`). */
export const builtInRuleSet = (name: string): RuleSet | undefined =>
  Object.entries(builtIn).find(([short, { version }]) => short === name || version === name)?.[1]
