import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { guard } from "../../actors/operator/batch/guard-operation.ts"

interface Row {
  readonly url: string
  readonly must: "block" | "allow"
  readonly policy?: string
  readonly resolvesTo?: ReadonlyArray<string>
  readonly redirects?: ReadonlyArray<{ readonly location: string }>
}

const { cases }: { readonly cases: ReadonlyArray<Row> } = JSON.parse(
  readFileSync(new URL("./data/ssrf.json", import.meta.url), "utf8")
)

const answer = (row: Row): string => {
  const said = guard(row)
  return "allowed" in said && said.allowed === true ? "allow" : "block"
}

describe("the suites of other guards", () => {
  it.each(cases.filter(({ policy }) => policy === undefined).map((row) => [row.must, row.url, row] as const))(
    "agree: %s %s",
    (must, _, row) => {
      expect(answer(row)).toBe(must)
    }
  )

  it("disagree with each other where they say so, and there the guard refuses", () => {
    const disputed = cases.filter(({ policy }) => policy !== undefined)
    expect(disputed.length).toBeGreaterThan(0)
    expect(disputed.map(answer).filter((found) => found !== "block")).toEqual([])
  })
})
