import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { lookAlike } from "../../actors/scan/look-alike.ts"

interface Row {
  readonly host: string
  readonly label: "owned" | "phish"
  readonly pattern: "canonical" | "token" | "typo" | "subdomain" | "platform"
}

const { cases }: { readonly cases: ReadonlyArray<Row> } = JSON.parse(
  readFileSync(new URL("./data/brand-hosts.json", import.meta.url), "utf8")
)

const flagged = (rows: ReadonlyArray<Row>) =>
  rows.filter(({ host }) => lookAlike(host).spoof).length / rows.length
const rowsOf = (label: Row["label"], patterns: ReadonlyArray<Row["pattern"]>) =>
  cases.filter((row) => row.label === label && patterns.includes(row.pattern))

describe("hosts with a brand's name", () => {
  // Names two slips from a short brand (`typo`) are mostly chance, and their collectors say so.
  it("are flagged in nine of ten cases where they are phishing", () => {
    expect(flagged(rowsOf("phish", ["token", "subdomain", "platform"]))).toBeGreaterThanOrEqual(0.9)
  })

  it("are flagged in four of five cases with names that only resemble a brand's, too", () => {
    expect(flagged(rowsOf("phish", ["token", "subdomain", "platform", "typo"]))).toBeGreaterThanOrEqual(0.8)
  })

  it("are left alone where a brand has just its own name, in 94 of 100 cases", () => {
    expect(flagged(rowsOf("owned", ["canonical"]))).toBeLessThanOrEqual(0.06)
  })
})
