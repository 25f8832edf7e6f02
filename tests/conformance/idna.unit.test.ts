import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { canonicalize } from "../../contracts/link/canonical.ts"

interface Row {
  readonly host: string
  readonly ascii: string | null
}

const { cases }: { readonly cases: ReadonlyArray<Row> } = JSON.parse(
  readFileSync(new URL("./data/idna-toascii.json", import.meta.url), "utf8")
)

describe("the host of a canonical URL", () => {
  it.each(cases)("is in A-labels as the web platform's tests have it: $host", ({ ascii, host }) => {
    const found = canonicalize(`http://${host}/`)
    expect("error" in found ? null : new URL(found.canonical).hostname).toBe(ascii)
  })
})
