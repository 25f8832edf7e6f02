import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { lookAlike } from "../../actors/scan/look-alike.ts"

interface Row {
  readonly host: string
  readonly expected: "safe" | "unsafe" | "invalid"
  readonly topDomainTest?: boolean
}

const { cases }: { readonly cases: ReadonlyArray<Row> } = JSON.parse(
  readFileSync(new URL("./data/idn-spoof.json", import.meta.url), "utf8")
)
// The other rows are about names that Chromium protects and we do not know.
const rows = cases.filter((row) => row.topDomainTest !== true)
const shareOf = (expected: ReadonlyArray<Row["expected"]>, spoof: boolean) => {
  const wanted = rows.filter((row) => expected.includes(row.expected))
  return wanted.filter(({ host }) => lookAlike(host).spoof === spoof).length / wanted.length
}

describe("Chromium's spoof checks", () => {
  it("agree that at least 95 % of the unsafe and the invalid names are spoofs", () => {
    expect(shareOf(["unsafe", "invalid"], true)).toBeGreaterThanOrEqual(0.95)
  })

  it("agree that at least 95 % of the safe names are none", () => {
    expect(shareOf(["safe"], false)).toBeGreaterThanOrEqual(0.95)
  })
})
