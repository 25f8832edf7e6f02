/**
 * Labelled URLs from clones of public collections, as one file for `npm run evaluate`:
 *
 *     node tests/evaluate/collect.ts CLONES FILE
 *
 * `CLONES` holds a folder `owner+name` for each repository of `sources.ts`, a clone or its git directory; what is not
 * there is left out and said. At most so many URLs are kept of each source, and one of each site within it: evenly over
 * the whole, so that a run over the same commits gives the same file.
 *
 * The URLs labelled phishing may be live. They are written to FILE alone and must not be opened.
 */
import { createHash } from "node:crypto"
import { writeFileSync } from "node:fs"
import { canonicalize } from "../../contracts/link/canonical.ts"
import { git, gitFolder } from "./clones.ts"
import { type Origin, readLabelled, siteOf } from "./labelled.ts"
import { type Collected, type Source, sources } from "./sources.ts"

const urlsMax = 6_000

const [clones, into] = process.argv.slice(2)
if (clones === undefined || into === undefined)
  throw new Error(
    "expected a folder of clones and a file to write: node tests/evaluate/collect.ts CLONES FILE"
  )

function collected(source: Source, folder: string): ReadonlyArray<Collected> {
  const paths = git(folder, "ls-tree", "-r", "--name-only", "-z", "HEAD").split("\0")
  return paths.filter((path) => source.files.test(path)).flatMap((path) => versions(source, folder, path))
}

function versions(source: Source, folder: string, path: string): ReadonlyArray<Collected> {
  if (source.everyVersion === undefined) return source.read(git(folder, "show", `HEAD:${path}`), path)
  const commits = git(folder, "log", "--reverse", "--format=%H %cs", "--", path).trim().split("\n")
  const first = new Map<string, Collected>()
  for (let at = 0; at < commits.length; at += source.everyVersion) {
    const [commit = "", date = ""] = (commits[at] ?? "").split(" ")
    for (const { url } of source.read(git(folder, "show", `${commit}:${path}`), path))
      if (!first.has(url)) first.set(url, { url, date })
  }
  return [...first.values()]
}

// What the tests measure with stays unseen.
const inTests: ReadonlySet<string> = new Set(
  readLabelled(new URL("../conformance/data/phish-benign.json", import.meta.url)).map(({ url }) =>
    siteOf(url)
  )
)

// Salted: the split into what is fitted to and what is measured on is by the plain hash of the site.
const place = (site: string): string => createHash("sha256").update(`sample ${site}`).digest("hex")

/** One URL of a site, the one that was seen first; of more than are kept, those whose hashes come first. */
function sample(rows: ReadonlyArray<Collected>): ReadonlyArray<Collected> {
  const bySite = new Map<string, Collected>()
  for (const row of rows) {
    const canonical = canonicalize(row.url)
    if ("error" in canonical) continue
    const site = siteOf(canonical.canonical)
    if (inTests.has(site)) continue
    const known = bySite.get(site)
    if (known === undefined || (row.date ?? "") < (known.date ?? "")) bySite.set(site, row)
  }
  return [...bySite]
    .toSorted(([a], [b]) => (place(a) < place(b) ? -1 : 1))
    .slice(0, urlsMax)
    .map(([, row]) => row)
}

const from: Array<Origin> = []
const cases = sources.flatMap((source) => {
  const folder = gitFolder(clones, source.repository)
  if (folder === undefined) {
    console.error(`${source.name}: left out, found no clone of ${source.repository}`)
    return []
  }
  const rows = sample(collected(source, folder))
  const commit = git(folder, "rev-parse", "HEAD").trim()
  console.error(
    `${source.name}: ${rows.length} ${source.label} of ${source.repository} at ${commit.slice(0, 12)}`
  )
  from.push({
    name: source.name,
    label: source.label,
    repository: source.repository,
    commit,
    rows: rows.length
  })
  return rows.map((row) => ({ ...row, label: source.label, src: source.name }))
})
writeFileSync(into, JSON.stringify({ from, cases }))
