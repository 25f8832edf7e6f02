/**
 * How look-alikes do on hosts that hold or resemble a brand's name, out of clones of public lists:
 *
 *     node tests/evaluate/brand-hosts.ts CLONES
 *
 * Those that the brands own are from v2fly's domain-list-community, the others from three lists of phishing. Only names
 * that `brand-hosts.json` has are asked for, and none of its hosts.
 */
import { readFileSync } from "node:fs"
import { isWithinEdits } from "../../actors/scan/edit-distance.ts"
import { throwawayHosts } from "../../actors/scan/hosting.ts"
import { lookAlike } from "../../actors/scan/look-alike.ts"
import { publicSuffix, registeredDomain } from "../../contracts/link/public-suffix.ts"
import { git, gitFolder } from "./clones.ts"

const [clones] = process.argv.slice(2)
if (clones === undefined)
  throw new Error("expected a folder of clones: node tests/evaluate/brand-hosts.ts CLONES")

const read = (repository: string, path: string): string => {
  const folder = gitFolder(clones, repository)
  if (folder === undefined) throw new Error(`expected a clone of ${repository} in ${clones}, found none`)
  return git(folder, "show", `HEAD:${path}`)
}

const { cases }: { readonly cases: ReadonlyArray<{ readonly host: string; readonly brand: string }> } =
  JSON.parse(readFileSync(new URL("../conformance/data/brand-hosts.json", import.meta.url), "utf8"))
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
    .map((host) => ({ host, of: pattern(host, name) }))
})
const listed: Readonly<Record<string, ReadonlyArray<string>>> = JSON.parse(
  read("polkadot-js/phishing", "all.json")
)
const phishing = [
  ...read(
    "Phishing-Database/Phishing.Database",
    "phishing-domains-ACTIVE/phishing-domains-ACTIVE2.txt"
  ).split("\n"),
  ...read("nikolaischunk/discord-phishing-links", "txt/domain-list.txt").split("\n"),
  ...Object.values(listed).flat()
]
  .filter((host) => host.includes(".") && !host.includes("/"))
  .map((host) => ({
    host,
    of: names.map((name) => pattern(host, name)).find((found) => found !== undefined)
  }))

for (const [who, hosts] of [
  ["owned", owned],
  ["phishing", phishing]
] as const) {
  const asked = hosts.filter(({ host, of }) => of !== undefined && !inTests.has(host))
  for (const [of, rows] of Map.groupBy(asked, (row) => row.of)) {
    const flagged = rows.filter(({ host }) => lookAlike(host).spoof).length
    const share = `${((100 * flagged) / rows.length).toFixed(1)} %`
    console.log(
      `${who.padEnd(8)} ${(of ?? "").padEnd(32)} ${String(rows.length).padStart(5)}  ${share.padStart(7)} flagged`
    )
  }
}
