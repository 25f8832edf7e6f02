import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { safeBrowsingText, safeBrowsingUrl } from "../../actors/scan/safe-browsing/canonical.ts"
import { expressionsOf, hashOfExpression } from "../../actors/scan/safe-browsing/expressions.ts"

interface CanonicalRow {
  readonly id: string
  readonly input: string
  readonly canonical: string | null
  readonly dropsQuery?: boolean
  readonly documented?: boolean
  readonly policy?: string
}

interface ExpressionRow {
  readonly id: string
  readonly url?: string
  readonly expressions?: ReadonlyArray<string>
  readonly hosts?: ReadonlyArray<string>
  readonly paths?: ReadonlyArray<string>
  readonly ipHost?: string
  readonly ipv4?: string | null
  readonly expression?: string
  readonly prefixHex?: string
  readonly policy?: string
}

const canonicalRows: { readonly cases: ReadonlyArray<CanonicalRow> } = JSON.parse(
  readFileSync(new URL("./data/gsb-canonicalize.json", import.meta.url), "utf8")
)
const expressionRows: { readonly cases: ReadonlyArray<ExpressionRow> } = JSON.parse(
  readFileSync(new URL("./data/gsb-expressions.json", import.meta.url), "utf8")
)

// Rows with a policy are about clients that do something else than the document says.
const canonical = canonicalRows.cases.filter((row) => row.policy === undefined || row.documented === true)
const undisputed = expressionRows.cases.filter((row) => row.policy === undefined)

const partsOf = (url: string) => {
  const parts = safeBrowsingUrl(url)
  if ("error" in parts) throw new Error(`${url}: ${parts.error}`)
  return parts
}
const sorted = (values: Iterable<string>) => [...new Set(values)].toSorted()
const withUrl = undisputed.flatMap((row) => (row.url === undefined ? [] : [{ ...row, url: row.url }]))

describe("Safe Browsing's canonical URLs", () => {
  it.each(canonical)("are those of its document and of Google's clients for $input", (row) => {
    const parts = safeBrowsingUrl(row.input)
    const found =
      "error" in parts
        ? null
        : safeBrowsingText(row.dropsQuery === true ? { ...parts, query: undefined } : parts)
    expect(found).toBe(row.canonical)
  })

  it.each(undisputed.flatMap((row) => (row.ipHost === undefined ? [] : [row])))(
    "read $ipHost as the address that it is",
    ({ ipHost, ipv4 }) => expect(partsOf(`http://${ipHost}/`).host).toBe(ipv4)
  )
})

describe("Safe Browsing's expressions", () => {
  it.each(withUrl)("of $url are those that its document and Google's clients have", (row) => {
    const found = expressionsOf(partsOf(row.url)).map((expression) => ({
      expression,
      host: expression.slice(0, expression.indexOf("/")),
      path: expression.slice(expression.indexOf("/"))
    }))
    expect({
      expressions: sorted(found.map(({ expression }) => expression)),
      hosts: sorted(found.map(({ host }) => host)),
      paths: sorted(found.map(({ path }) => path))
    }).toMatchObject({
      ...(row.expressions === undefined ? {} : { expressions: sorted(row.expressions) }),
      ...(row.hosts === undefined ? {} : { hosts: sorted(row.hosts) }),
      ...(row.paths === undefined ? {} : { paths: sorted(row.paths) })
    })
  })

  it.each(undisputed.flatMap((row) => (row.expression === undefined ? [] : [row])))(
    "hash to the prefix in the document",
    ({ expression = "", prefixHex = "" }) =>
      expect(hashOfExpression(expression).toString("hex").startsWith(prefixHex)).toBe(true)
  )
})
