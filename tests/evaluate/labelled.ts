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

/** Where the rows of a source are from, as `collect.ts` notes it. */
export interface Origin {
  readonly name: string
  readonly label: string
  readonly repository: string
  readonly commit: string
  readonly rows: number
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

/** What `collect.ts` says of a file it wrote; nothing of another. */
export function originsOf(file: string | URL): ReadonlyArray<Origin> {
  const parsed: { readonly from?: ReadonlyArray<Origin> } = JSON.parse(readFileSync(file, "utf8"))
  return parsed.from ?? []
}

/**
 * Parts a set in two by the day of collection: what is learnt of the past is tested on what came after. Rows without a
 * date, and sites that were already seen before, are on neither side.
 */
export function splitByTime(
  rows: ReadonlyArray<Labelled>,
  testShare: number
): {
  readonly train: ReadonlyArray<Labelled>
  readonly test: ReadonlyArray<Labelled>
  readonly from: string
} {
  const dated = rows.filter(({ date }) => date !== undefined)
  const days = dated
    .filter(({ isPhish }) => isPhish)
    .map(({ date = "" }) => date)
    .toSorted()
  const from = days[Math.floor(days.length * (1 - testShare))] ?? ""
  const train = dated.filter(({ date = "" }) => date < from)
  const seen = new Set(train.map(({ url }) => siteOf(url)))
  return { train, test: dated.filter(({ date = "", url }) => date >= from && !seen.has(siteOf(url))), from }
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
