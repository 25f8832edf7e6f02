/** The shape of a rule set, as code declares it and as an operator's file holds it. */
import { Schema } from "effect"
import { Level } from "../../../contracts/level.ts"

/** Letters, digits, dots and hyphens: a version stands in every verdict, on pages and in command lines. */
export const versionPattern = /^[a-z0-9][a-z0-9.-]{0,39}$/u

/** What one kind of evidence is worth, and the family it counts in. */
export const Weight = Schema.Struct({ family: Schema.String, weight: Schema.Finite })
export type Weight = typeof Weight.Type

/** The most that a family of correlated evidence may add (`most`) or take away (`least`, at most 0). */
export const Cap = Schema.Struct({ least: Schema.Finite, most: Schema.Finite })
export type Cap = typeof Cap.Type

/** What a person decided, which no sum overrules. */
export const Decision = Schema.Struct({ level: Level, score: Schema.Finite })

/** Verdicts are believed for a second at least and a month at most. */
export const validSecondsMax = 31 * 86_400
const Seconds = Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: validSecondsMax })))

/**
 * A versioned declaration of how evidence becomes a verdict. Weights are decibans in fitted rule sets and
 * points in the classic one; the arithmetic is the same: the prior, plus each family's capped sum,
 * clamped to `bounds`.
 */
export const RuleSet = Schema.Struct({
  version: Schema.String.pipe(Schema.check(Schema.isPattern(versionPattern))),
  unit: Schema.Literals(["decibans", "points"]),
  prior: Schema.Finite,
  /** The score from which a link is suspicious, and from which it is malicious. */
  suspiciousFrom: Schema.Finite,
  maliciousFrom: Schema.Finite,
  bounds: Cap,
  families: Schema.Record(Schema.String, Cap),
  /** By evidence name. Evidence that is not named weighs nothing and is shown so. */
  weights: Schema.Record(Schema.String, Weight),
  /** By evidence name. */
  decisions: Schema.Record(Schema.String, Decision),
  validSeconds: Schema.Struct({ benign: Seconds, suspicious: Seconds, malicious: Seconds }),
  /** The longest validity of a verdict that was reached while a source was missing. */
  validSecondsWhileMissing: Seconds
})
export type RuleSet = typeof RuleSet.Type
