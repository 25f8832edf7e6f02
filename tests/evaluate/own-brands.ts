/**
 * What brand lists of one's own change about the hosts of `brand-hosts.json`:
 *
 *     node tests/evaluate/own-brands.ts LIST…
 *
 * Each LIST is a file as WADJET_BRANDS_FILE names one. For the hosts that brands own and for those that phish, by how
 * they hold the name, it says how many are flagged without the list and with it, and which ones change.
 */
import { readFileSync } from "node:fs"
import { basename } from "node:path"
import { Result } from "effect"
import { brandsOfOperator, builtInBrands, isOwned } from "../../actors/scan/brand-index.ts"
import { lookAlike } from "../../actors/scan/look-alike.ts"
import { readBrandList } from "../../contracts/brand-list.ts"

const lists = process.argv.slice(2)
if (lists.length === 0) throw new Error("expected files of brands: node tests/evaluate/own-brands.ts LIST…")

interface Row {
  readonly host: string
  readonly label: "owned" | "phish"
  readonly pattern: string
}

const { cases }: { readonly cases: ReadonlyArray<Row> } = JSON.parse(
  readFileSync(new URL("../conformance/data/brand-hosts.json", import.meta.url), "utf8")
)

const hostsShownMax = 20
const columns = (...cells: ReadonlyArray<string | number>): string =>
  cells.map((cell, at) => (at === 0 ? String(cell).padEnd(20) : String(cell).padStart(8))).join("")

for (const list of lists) {
  const read = readBrandList(readFileSync(list, "utf8"))
  if (Result.isFailure(read))
    throw new Error(`${list} is wrong: line ${read.failure.line}: ${read.failure.problem}`)
  const brands = brandsOfOperator(read.success)
  const domains = read.success.reduce((sum, { owns }) => sum + owns.length, 0)
  console.log(`${basename(list)}: ${read.success.length} names, ${domains} domains`)
  console.log(columns("", "hosts", "flagged", "with it", "owned", "with it"))
  const isNews = ({ host }: Row) => lookAlike(host).spoof !== lookAlike(host, brands).spoof
  const groups = [
    ...Map.groupBy(cases, ({ label, pattern }) => `${label} ${pattern}`),
    ...Map.groupBy(cases, ({ label }) => `${label}, all`)
  ]
  for (const [kind, rows] of groups) {
    const flagged = [builtInBrands(), brands].map(
      (by) => rows.filter(({ host }) => lookAlike(host, by).spoof).length
    )
    const owned = [builtInBrands(), brands].map((by) => rows.filter(({ host }) => isOwned(host, by)).length)
    console.log(columns(kind, rows.length, ...flagged, ...owned))
  }
  const news = cases.filter(isNews)
  for (const { host, label } of news.slice(0, hostsShownMax))
    console.log(`  ${lookAlike(host, brands).spoof ? "flagged" : "let go"}  ${label}  ${host}`)
  if (news.length > hostsShownMax) console.log(`  and ${news.length - hostsShownMax} more`)
}
