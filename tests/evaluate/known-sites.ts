/**
 * Writes `actors/scan/known-sites-list.ts`: the domains of companies and projects that somebody has looked at.
 *
 *     npm pack third-party-web@0.30.0 simple-icons@16.37.0     # each unpacked into FOLDER, under its own name
 *     apt-get download webext-privacy-badger                   # dpkg -x into FOLDER/privacy-badger
 *     node tests/evaluate/known-sites.ts FOLDER
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { publicSuffix } from "../../contracts/link/public-suffix.ts"

const labelsForLineMin = 3

const [folder] = process.argv.slice(2)
if (folder === undefined)
  throw new Error("expected the folder of the unpacked packages: node tests/evaluate/known-sites.ts FOLDER")

const read = (...path: ReadonlyArray<string>): string => readFileSync(join(folder, ...path), "utf8")

const entities: ReadonlyArray<{ readonly domains: ReadonlyArray<string> }> = JSON.parse(
  read("third-party-web", "dist", "entities.json")
)
const firstParties = read("privacy-badger", "usr/share/webext/privacy-badger/js/multiDomainFirstParties.js")
const icons: ReadonlyArray<{ readonly source: string; readonly guidelines?: string }> = JSON.parse(
  read("simple-icons", "data", "simple-icons.json")
)

const hosts = [
  ...entities.flatMap(({ domains }) => domains.map((domain) => domain.replace(/^\*\./, ""))),
  ...[...firstParties.matchAll(/"([a-z0-9.-]+\.[a-z]+)"/g)].map(([, domain = ""]) => domain),
  ...icons.flatMap(({ guidelines = "", source }) =>
    [source, guidelines].map((url) => URL.parse(url)?.hostname ?? "")
  )
]

const bySuffix = new Map<string, Set<string>>()
for (const host of hosts) {
  const { registrable, suffix } = publicSuffix(host)
  // What is registered below a company's own suffix is a customer's.
  if (registrable === null || suffix === null || !/^[a-z0-9.-]+$/.test(registrable)) continue
  const labels = bySuffix.get(suffix) ?? new Set()
  bySuffix.set(suffix, labels.add(registrable.slice(0, -suffix.length - 1)))
}
const sorted = [...bySuffix].toSorted(([a], [b]) => (a < b ? -1 : 1))
const lines = sorted
  .filter(([, labels]) => labels.size >= labelsForLineMin)
  .map(([suffix, labels]) => `${suffix}: ${[...labels].toSorted().join(" ")}`)
const others = sorted
  .filter(([, labels]) => labels.size < labelsForLineMin)
  .flatMap(([suffix, labels]) => [...labels].map((label) => `${label}.${suffix}`))

writeFileSync(
  new URL("../../actors/scan/known-sites-list.ts", import.meta.url),
  `/**
 * Written by \`tests/evaluate/known-sites.ts\`, not by hand: \`suffix: names under it\`, the others behind \`*\`. From
 * third-party-web 0.30.0 (under the licence below), simple-icons 16.37.0 (CC0-1.0) and the domains of one owner that Privacy
 * Badger 2020.10.7 knows (GPL-3.0-or-later, Copyright 2015-2020 Electronic Frontier Foundation and other contributors).
 *
${read("third-party-web", "LICENSE")
  .trim()
  .split("\n")
  .map((line) => ` * ${line}`.trimEnd())
  .join("\n")}
 */
export const knownSitesList = \`
${lines.join("\n")}
*: ${others.join(" ")}
\`
`
)
console.log(`${[...bySuffix.values()].reduce((sum, labels) => sum + labels.size, 0)} domains`)
