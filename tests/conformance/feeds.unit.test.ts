import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { readLine } from "../../actors/scan/feeds/feed-line.ts"
import { canonicalize } from "../../contracts/link/canonical.ts"

interface Row {
  readonly id: string
  readonly format: string
  readonly raw: string
  readonly expected: ReadonlyArray<{ readonly url?: string; readonly domain?: string }>
}

const { cases }: { readonly cases: ReadonlyArray<Row> } = JSON.parse(
  readFileSync(new URL("./data/feeds.json", import.meta.url), "utf8")
)

const keyOf = ({ domain, url }: Row["expected"][number]): string => {
  const canonical = canonicalize(url ?? `http://${domain!}/`)
  if ("error" in canonical) throw new Error(canonical.error)
  const key = canonical.canonical.replace(/^https?:\/\//, "")
  return url === undefined ? key.slice(0, -1) : key
}

describe("lists of others", () => {
  it.each(cases.map((row) => [row.id, row.format, row] as const))("are read: %s, %s", (_, __, row) => {
    const read = row.raw.split("\n").flatMap((line) => readLine(line)?.key ?? [])
    expect(read).toEqual(row.expected.map(keyOf))
  })
})
