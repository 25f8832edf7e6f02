import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { extractLinks } from "../../contracts/link/extract.ts"

interface Row {
  readonly id: string
  readonly text: string
  readonly expected: ReadonlyArray<string>
  readonly mode: "all" | "first"
  readonly kinds: ReadonlyArray<string>
  readonly conflict?: boolean
  readonly contested?: boolean
}

const { cases }: { readonly cases: ReadonlyArray<Row> } = JSON.parse(
  readFileSync(new URL("./data/extract-urls.json", import.meta.url), "utf8")
)
const undisputed = cases.filter((row) => row.conflict !== true && row.contested !== true)
const onlyOf = (row: Row, kinds: ReadonlyArray<string>) => row.kinds.every((kind) => kinds.includes(kind))

function agrees({ text, expected, mode }: Row): boolean {
  const raws = extractLinks(text).map(({ raw }) => raw)
  if (mode === "first") return raws[0] === expected[0]
  return raws.length === expected.length && raws.every((raw, at) => raw === expected[at])
}

const shareOf = (rows: ReadonlyArray<Row>) => rows.filter(agrees).length / rows.length

describe("the suites of other link extractors", () => {
  it("agree on at least 97 % of undisputed texts with http links or none", () => {
    const rows = undisputed.filter((row) => onlyOf(row, ["http", "none"]))
    expect(rows.length).toBeGreaterThan(200)
    expect(shareOf(rows)).toBeGreaterThanOrEqual(0.97)
  })

  it("agree on at least 94 % of texts with bare domains", () => {
    const rows = undisputed.filter(
      (row) => row.kinds.includes("bare-domain") && onlyOf(row, ["bare-domain", "http", "none"])
    )
    expect(rows.length).toBeGreaterThan(100)
    expect(shareOf(rows)).toBeGreaterThanOrEqual(0.94)
  })

  it("agree on bare addresses", () => {
    const rows = undisputed.filter((row) => row.kinds.includes("bare-ip"))
    expect(rows.length).toBeGreaterThan(10)
    expect(shareOf(rows)).toBe(1)
  })
})
