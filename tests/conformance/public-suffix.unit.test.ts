import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { publicSuffix } from "../../contracts/link/public-suffix.ts"

interface Row {
  readonly id: string
  readonly host: string
  readonly registrable?: string | null
  readonly suffix?: string
}

const { cases }: { readonly cases: ReadonlyArray<Row> } = JSON.parse(
  readFileSync(new URL("./data/public-suffix.json", import.meta.url), "utf8")
)

// Rows carry notes of their collectors beside what they expect.
const pick = ({ registrable, suffix }: Partial<Row>) => ({
  ...(registrable === undefined ? {} : { registrable }),
  ...(suffix === undefined ? {} : { suffix })
})

describe("the Public Suffix List's own tests and Go's", () => {
  it.each(cases)("agree on $host", ({ host, ...expected }) => {
    expect(publicSuffix(host)).toMatchObject(pick(expected))
  })
})
