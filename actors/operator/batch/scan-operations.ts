import * as Schema from "effect/Schema"
import { type BrandIndex } from "../../scan/brand-index.ts"
import { classify } from "../../scan/classify.ts"
import { lookAlike } from "../../scan/look-alike.ts"
import { builtIn, builtInRuleSet } from "../../scan/rules/built-in.ts"
import { classic, classicEvidence } from "../../scan/rules/classic.ts"
import { rangeOf } from "../../scan/rules/range.ts"
import { type Score, score } from "../../scan/rules/rule-set.ts"
import { safeBrowsingText, safeBrowsingUrl } from "../../scan/safe-browsing/canonical.ts"
import { expressionsOf, hashOfExpression } from "../../scan/safe-browsing/expressions.ts"
import { type BatchOperation, operation } from "./operation.ts"

/** A rule set that comes with Wadjet, by its short name or its version. */
const RuleSetNamed = Schema.Literals([
  ...new Set(Object.entries(builtIn).flatMap(([name, { version }]) => [name, version]))
])

/** A verdict from the URL alone. */
export const classifyUrl = (brands?: BrandIndex): BatchOperation =>
  operation(
    '{"url": "…", "rules"?: "wadjet" or "classic"}',
    Schema.Struct({
      url: Schema.String,
      rules: Schema.optionalKey(Schema.NullOr(RuleSetNamed))
    }),
    ({ url, rules }) => classify(url, builtInRuleSet(rules ?? "wadjet"), brands)
  )

/** What Safe Browsing would be asked about a URL: its own canonical form, the expressions, and their hashes. */
export const safeBrowsing: BatchOperation = operation(
  '{"url": "…"}',
  Schema.Struct({ url: Schema.String }),
  ({ url }) => {
    const parts = safeBrowsingUrl(url)
    if ("error" in parts) return parts
    const expressions = expressionsOf(parts)
    return {
      canonical: safeBrowsingText(parts),
      expressions,
      hashes: expressions.map((expression) => hashOfExpression(expression).toString("hex"))
    }
  }
)

/** Whether a host is made to be taken for another. */
export const lookAlikeHost = (brands?: BrandIndex): BatchOperation =>
  operation('{"host": "…"}', Schema.Struct({ host: Schema.String }), ({ host }) => lookAlike(host, brands))

const flag = Schema.optionalKey(Schema.NullOr(Schema.Boolean))
const count = Schema.optionalKey(Schema.NullOr(Schema.Finite))

const ClassicSignals = Schema.Struct({
  gsbThreatTypes: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.String))),
  phishtankVerified: flag,
  urlhausListed: flag,
  vtMalicious: count,
  domainAgeDays: count,
  redirectCount: count,
  wasShortened: flag,
  finalUrlMismatch: flag,
  hasSuspiciousTld: flag,
  isIpLiteral: flag,
  hasUncommonPort: flag,
  urlLength: count,
  hasExecutableExtension: flag,
  homoglyph: Schema.optionalKey(
    Schema.NullOr(
      Schema.Struct({
        detected: Schema.Boolean,
        riskLevel: Schema.optionalKey(Schema.NullOr(Schema.Literals(["none", "low", "medium", "high"])))
      })
    )
  ),
  manualOverride: Schema.optionalKey(Schema.NullOr(Schema.Literals(["allow", "deny"])))
})

const scoreClassic = operation(
  '{"rules": "classic", "evidence": {the older scanner\'s signals}}',
  Schema.Struct({ evidence: ClassicSignals }),
  ({ evidence }) => withoutMissing(score(classic, classicEvidence(evidence)))
)

// The older scanner knew nothing of missing evidence; its answers do not speak of any.
const withoutMissing = ({ level, score, reasons, validSeconds }: Score): object => ({
  level,
  score,
  reasons,
  validSeconds
})

const Item = Schema.Struct({
  source: Schema.String,
  kind: Schema.String,
  detail: Schema.optionalKey(Schema.String)
})
const Missing = Schema.Struct({ source: Schema.String, reason: Schema.String })

const scoreWadjet = operation(
  '{"rules": "wadjet", "evidence": [{"source", "kind"}], "missing"?: [{"source", "reason"}]}',
  Schema.Struct({
    evidence: Schema.Array(Item),
    missing: Schema.optionalKey(Schema.NullOr(Schema.Array(Missing)))
  }),
  ({ evidence, missing }) => ({
    ...score(builtIn.wadjet, evidence, missing ?? []),
    range: rangeOf(builtIn.wadjet, evidence, missing ?? [])
  })
)

/** Weighs given evidence by a rule set. */
export const scoreEvidence: BatchOperation = operation(
  '{"rules": "wadjet" or "classic", "evidence": …}',
  Schema.Struct({
    rules: RuleSetNamed,
    evidence: Schema.Unknown,
    missing: Schema.optionalKey(Schema.Unknown)
  }),
  (input) => (input.rules === "classic" ? scoreClassic(input) : scoreWadjet(input))
)
