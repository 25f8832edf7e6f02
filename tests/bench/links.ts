/**
 * What it takes to find, name and judge a link, beside libraries that do a part of it:
 *
 *     node tests/bench/links.ts ROUNDS MILLISECONDS
 *
 * Every row goes over the same texts or URLs, again and again for so many milliseconds, in so many rounds; rounds of
 * ours and of the others alternate. The other libraries do less: linkify-it knows no defanged, glued or hidden links and
 * asks no list of public suffixes, normalize-url knows nothing of tracking parameters beyond its own list, and the
 * classic rules have a dozen signals beside the look-alike that is ours, too.
 */
import { readFileSync } from "node:fs"
import { cpus, release } from "node:os"
import { linkifyit } from "linkify-it"
import normalizeUrl from "normalize-url"
import { classicSignals, localEvidence } from "../../actors/scan/classify.ts"
import { lookAlike } from "../../actors/scan/look-alike.ts"
import { classic, classicEvidence } from "../../actors/scan/rules/classic.ts"
import { score } from "../../actors/scan/rules/rule-set.ts"
import { wadjet } from "../../actors/scan/rules/wadjet.ts"
import { safeBrowsingUrl } from "../../actors/scan/safe-browsing/canonical.ts"
import { expressionsOf, hashOfExpression } from "../../actors/scan/safe-browsing/expressions.ts"
import { canonicalize } from "../../contracts/link/canonical.ts"
import { extractLinks } from "../../contracts/link/extract.ts"
import { linkTarget } from "../../contracts/link/link-target.ts"
import { spread } from "./machine.ts"

const [rounds = 5, milliseconds = 500] = process.argv.slice(2).map(Number)

const data = (name: string): string =>
  readFileSync(new URL(`../conformance/data/${name}.json`, import.meta.url), "utf8")
const labelled: { readonly cases: ReadonlyArray<{ readonly url: string }> } = JSON.parse(data("phish-benign"))
const suites: { readonly cases: ReadonlyArray<{ readonly text: string }> } = JSON.parse(data("extract-urls"))

const urls = labelled.cases.map(({ url }) => url).filter((url) => URL.canParse(url))
const canonical = urls.map((url) => new URL(url).href)
const hosts = canonical.map((url) => new URL(url).hostname)
const talk =
  "Good morning everyone, the meeting is at 9.30 in room 4.2, see you there. Bring the files, please!"
// Most messages hold no link.
const without = [talk]
const withLinks = suites.cases.map(({ text }) => text).filter((text) => extractLinks(text).length > 0)

const linkify = linkifyit()

// It throws at what is no URL, and linkify-it finds such.
const normalizedOrNot = (url: string): string | undefined =>
  URL.canParse(url) ? normalizeUrl(url) : undefined

interface Row {
  readonly what: string
  readonly who: string
  readonly items: ReadonlyArray<string>
  readonly compute: (item: string) => unknown
}

const rows: ReadonlyArray<Row> = [
  { what: "message without a link", who: "wadjet", items: without, compute: extractLinks },
  { what: "", who: "linkify-it", items: without, compute: (text) => linkify.match(text) },
  {
    what: "message with links, each with its canonical URL",
    who: "wadjet",
    items: withLinks,
    compute: extractLinks
  },
  {
    what: "",
    who: "linkify-it, normalize-url",
    items: withLinks,
    compute: (text) => linkify.match(text)?.map(({ url }) => normalizedOrNot(url))
  },
  {
    what: "where links begin and end",
    who: "linkify-it",
    items: withLinks,
    compute: (text) => linkify.match(text)
  },
  { what: "canonical URL", who: "wadjet", items: urls, compute: (url) => canonicalize(url) },
  { what: "", who: "normalize-url", items: urls, compute: (url) => normalizeUrl(url) },
  { what: "", who: "new URL alone", items: urls, compute: (url) => new URL(url).href },
  { what: "target behind wrappers", who: "wadjet", items: canonical, compute: linkTarget },
  { what: "look-alike of a host", who: "wadjet", items: hosts, compute: lookAlike },
  {
    what: "verdict from the URL alone",
    who: "wadjet rules",
    items: canonical,
    compute: (url) => score(wadjet, localEvidence(url))
  },
  {
    what: "",
    who: "classic rules",
    items: canonical,
    compute: (url) => score(classic, classicEvidence(classicSignals(url)))
  },
  {
    what: "Safe Browsing hashes",
    who: "wadjet",
    items: canonical,
    compute: (url) => {
      const parts = safeBrowsingUrl(url)
      return "error" in parts ? parts : expressionsOf(parts).map(hashOfExpression)
    }
  }
]

/** Microseconds for one item, over so many milliseconds. */
function microseconds({ compute, items }: Row): number {
  const begun = performance.now()
  let done = 0
  let taken = 0
  while (taken < milliseconds) {
    for (const item of items) compute(item)
    done += items.length
    taken = performance.now() - begun
  }
  return (1_000 * taken) / done
}

for (const row of rows) for (const item of row.items) row.compute(item)
const measured = rows.map((): Array<number> => [])
for (let round = 0; round < rounds; round++)
  for (const [at, row] of rows.entries()) measured[at]?.push(microseconds(row))

console.log(
  `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}, Linux ${release()}, Node ${process.versions.node}`
)
console.log(
  `${withLinks.length} messages with links, ${urls.length} URLs; ${rounds} rounds of ${milliseconds} ms each\n`
)
console.log("| | by | µs for one |")
console.log("|---|---|---|")
for (const [at, { what, who }] of rows.entries())
  console.log(`| ${what} | ${who} | ${spread(measured[at] ?? [])} |`)
