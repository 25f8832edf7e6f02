/**
 * How look-alikes do on hosts that hold or resemble a brand's name, out of clones of public lists:
 *
 *     node tests/evaluate/brand-hosts.ts CLONES LIST…
 *
 * Those that the brands own are from v2fly's domain-list-community, the others from three lists of phishing. Only names
 * that `brand-hosts.json` has are asked for, and none of its hosts. A few brands have most of the rows: the second share
 * lets each of them count for two rows at most. The rows of `brand-hosts.json` itself come first. Of each LIST, a file of
 * whatever form with domains in it, it is said how many of the domains that are owned and flagged it has, and how many
 * that phish.
 */
import { readFileSync } from "node:fs"
import { basename } from "node:path"
import { isWithinEdits } from "../../actors/scan/edit-distance.ts"
import { throwawayHosts } from "../../actors/scan/hosting.ts"
import { lookAlike } from "../../actors/scan/look-alike.ts"
import { publicSuffix, registeredDomain } from "../../contracts/link/public-suffix.ts"
import { git, gitFolder } from "./clones.ts"

const [clones, ...lists] = process.argv.slice(2)
if (clones === undefined)
  throw new Error("expected a folder of clones: node tests/evaluate/brand-hosts.ts CLONES LIST…")

const read = (repository: string, path: string): string => {
  const folder = gitFolder(clones, repository)
  if (folder === undefined) throw new Error(`expected a clone of ${repository} in ${clones}, found none`)
  return git(folder, "show", `HEAD:${path}`)
}

interface Row {
  readonly host: string
  readonly brand: string
  readonly label: "owned" | "phish"
  readonly pattern: string
}

const { cases }: { readonly cases: ReadonlyArray<Row> } = JSON.parse(
  readFileSync(new URL("../conformance/data/brand-hosts.json", import.meta.url), "utf8")
)
const inTests = new Set(cases.map(({ host }) => host))
const names = [...new Set(cases.map(({ brand }) => brand))]

/** Where the name stands in the host, or undefined where it does not. */
function pattern(host: string, name: string): string | undefined {
  const { registrable, suffix } = publicSuffix(host)
  if (registrable === null || suffix === null) return undefined
  const owner = registrable.slice(0, -suffix.length - 1)
  if (owner === name) return "is the name"
  if (owner.includes(name)) {
    const isHosted = registeredDomain(suffix) !== null || throwawayHosts.has(suffix)
    return isHosted ? "holds it, on shared hosting" : "holds it"
  }
  if (host.slice(0, -registrable.length).includes(name)) return "has it before another's domain"
  return isWithinEdits(owner, name, name.length > 5 ? 2 : 1) ? "is a slip or two away" : undefined
}

const owned = names.flatMap((name) => {
  const folder = gitFolder(clones, "v2fly/domain-list-community") ?? ""
  const isListed = git(folder, "ls-tree", "HEAD", `data/${name}`) !== ""
  const lines = isListed ? read("v2fly/domain-list-community", `data/${name}`).split("\n") : []
  return lines
    .map((line) =>
      line
        .replace(/[#@].*/, "")
        .trim()
        .replace(/^(full|domain):/, "")
    )
    .filter((host) => host.includes(".") && !host.includes(":"))
    .map((host) => ({ host, brand: name, of: pattern(host, name) }))
})
const reported: Readonly<Record<string, ReadonlyArray<string>>> = JSON.parse(
  read("polkadot-js/phishing", "all.json")
)
const phishing = [
  ...read(
    "Phishing-Database/Phishing.Database",
    "phishing-domains-ACTIVE/phishing-domains-ACTIVE2.txt"
  ).split("\n"),
  ...read("nikolaischunk/discord-phishing-links", "txt/domain-list.txt").split("\n"),
  ...Object.values(reported).flat()
]
  .filter((host) => host.includes(".") && !host.includes("/"))
  .flatMap((host) => {
    const brand = names.find((name) => pattern(host, name) !== undefined)
    return brand === undefined ? [] : [{ host, brand, of: pattern(host, brand) }]
  })

interface Asked {
  readonly host: string
  readonly brand: string
}

const rowsOfBrandMost = 2

const isFlagged = ({ host }: Asked): boolean => lookAlike(host).spoof
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`.padStart(7)

/** The share that is flagged where no brand counts for more than so many rows. */
function shareByBrand(rows: ReadonlyArray<Asked>): number {
  const brands = [...Map.groupBy(rows, ({ brand }) => brand).values()].map((of) => ({
    counts: Math.min(rowsOfBrandMost, of.length),
    flagged: of.filter(isFlagged).length / of.length
  }))
  const all = brands.reduce((sum, { counts }) => sum + counts, 0)
  return brands.reduce((sum, { counts, flagged }) => sum + counts * flagged, 0) / all
}

function print(who: string, of: string, rows: ReadonlyArray<Asked>): void {
  const shares = [rows.filter(isFlagged).length / rows.length, shareByBrand(rows)].map(percent)
  console.log(`${who.padEnd(9)} ${of.padEnd(32)} ${String(rows.length).padStart(5)}  ${shares.join("  ")}`)
}

console.log("who       what of the name                  hosts  flagged  by brand")
for (const [kind, rows] of Map.groupBy(cases, ({ label, pattern }) => `${label} ${pattern}`))
  print("shared", kind, rows)
for (const [who, hosts] of [
  ["owned", owned],
  ["phishing", phishing]
] as const) {
  const asked = hosts.filter(({ host, of }) => of !== undefined && !inTests.has(host))
  for (const [of, rows] of Map.groupBy(asked, (row) => row.of)) print(who, of ?? "", rows)
}

const domainOf = ({ host }: Asked): string => publicSuffix(host).registrable ?? host
const inQuestion = owned.filter((row) => row.of === "holds it" && !inTests.has(row.host) && isFlagged(row))
const imitating = phishing.filter(({ of }) => of === "holds it")
for (const list of lists) {
  const text = readFileSync(list, "latin1").toLowerCase()
  const listed = new Set(
    [...text.matchAll(/[a-z0-9][a-z0-9.-]*\.[a-z][a-z0-9-]+/g)].map(
      ([host]) => publicSuffix(host).registrable
    )
  )
  const known = [inQuestion, imitating].map(
    (rows) => `${rows.filter((row) => listed.has(domainOf(row))).length} of ${rows.length}`
  )
  console.log(
    `${basename(list)}: ${listed.size} domains, ${known[0]} owned and flagged, ${known[1]} phishing`
  )
}
