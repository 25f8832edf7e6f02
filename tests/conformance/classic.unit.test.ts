import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { classic, classicEvidence, type ClassicSignals } from "../../actors/scan/rules/classic.ts"
import { score } from "../../actors/scan/rules/rule-set.ts"

interface Row {
  readonly evidence: ClassicSignals
  readonly score: number
  readonly level: string
  readonly validSeconds: number
}

const { cases }: { readonly cases: ReadonlyArray<Row> } = JSON.parse(
  readFileSync(new URL("./data/classic.json", import.meta.url), "utf8")
)

describe("the classic rule set", () => {
  it.each(cases.map((row) => [JSON.stringify(row.evidence), row] as const))(
    "scores %s as the older scanner did",
    (_, row) => {
      const { score: sum, level, validSeconds } = score(classic, classicEvidence(row.evidence))
      expect({ score: sum, level, validSeconds }).toEqual({
        score: row.score,
        level: row.level,
        validSeconds: row.validSeconds
      })
    }
  )
})
