/** Labelled URLs from files: what the rule set is fitted to and measured on. */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { canonicalize } from "../../contracts/link/canonical.ts"
import { publicSuffix } from "../../contracts/link/public-suffix.ts"

export interface Labelled {
  readonly url: string
  readonly isPhish: boolean
  readonly source: string
  /** The day on which it was collected, where that is known: `2026-08-22`. */
  readonly date?: string
}

interface Row {
  readonly url: string
  readonly label: string
  readonly src: string
  readonly date?: string
}

/** What one owner holds: the registrable domain of a URL, or its host. */
export const siteOf = (url: string): string => {
  const host = URL.parse(url)?.hostname ?? ""
  return publicSuffix(host).registrable ?? host
}

/** Reads `{cases: [{url, label: "phish" or "benign", src}]}`, or an array of such rows. What is no URL is left out. */
export function readLabelled(file: string | URL): ReadonlyArray<Labelled> {
  const parsed: ReadonlyArray<Row> | { readonly cases: ReadonlyArray<Row> } = JSON.parse(
    readFileSync(file, "utf8")
  )
  const rows: ReadonlyArray<Row> = "cases" in parsed ? parsed.cases : parsed
  return rows.flatMap(({ date, label, src, url }) => {
    const canonical = canonicalize(url)
    return "error" in canonical
      ? []
      : [
          {
            url: canonical.canonical,
            isPhish: label === "phish",
            source: `${label} ${src}`,
            ...(date === undefined ? {} : { date })
          }
        ]
  })
}

/** Parts a set in two of about the given share, so that no site is in both: what is learnt of one is not tested on it. */
export function splitBySite(
  rows: ReadonlyArray<Labelled>,
  testShare: number
): { readonly train: ReadonlyArray<Labelled>; readonly test: ReadonlyArray<Labelled> } {
  const isTest = ({ url }: Labelled): boolean =>
    createHash("sha256").update(siteOf(url)).digest().readUInt16BE(0) / 0x1_0000 < testShare
  return { train: rows.filter((row) => !isTest(row)), test: rows.filter(isTest) }
}
