/** What a link is by now: what was found out before, and what is found out anew, as one. Pure. */
import type { MissingEvidence } from "../../../contracts/scan.ts"
import { combined } from "../both-ends.ts"
import { builtInBrands } from "../brand-index.ts"
import { localEvidence } from "../classify.ts"
import { type Evidence, evidenceName } from "../evidence.ts"
import type { Lists } from "../lists.ts"
import type { Outlook } from "../outside.ts"
import { endOf, type Known } from "./known.ts"

/** What is found out anew at any time, from the URL and the lists alone. */
const here = new Set(["structure", "look-alike", "brand", "feed"])

/** Whom evidence comes from, where that is not who it is named after. */
const askedAs: Readonly<Record<string, ReadonlyArray<string>>> = {
  "dns-filter": ["cloudflare-dns", "quad9-dns"],
  page: ["page", "redirects"],
  wrapper: []
}

/** What lists say of a link, and of the place that it leads to. */
export const listedNow = (known: Pick<Known, "url" | "hops">, lists: Lists): ReadonlyArray<Evidence> => {
  const end = endOf(known)
  const all = [...lists.lookUp(known.url), ...(end === undefined ? [] : lists.lookUp(end))]
  return [...new Map(all.map((evidence) => [evidenceName(evidence), evidence])).values()]
}

const namesIn = (evidence: ReadonlyArray<Evidence>): string =>
  evidence
    .filter(({ source }) => source === "feed")
    .map(evidenceName)
    .toSorted()
    .join(" ")

/** Whether lists say something else of a link than when it was looked at last. */
export const isListedAnew = (known: Known, lists: Lists): boolean =>
  namesIn(listedNow(known, lists)) !== namesIn(known.evidence)

/** The same evidence, but for what lists say by now. */
export const withLists = (known: Known, lists: Lists) => ({
  evidence: [...known.evidence.filter(({ source }) => source !== "feed"), ...listedNow(known, lists)],
  missing: [
    ...known.missing.filter(({ source }) => !source.startsWith("feed ") && source !== "feeds"),
    ...lists.missing()
  ]
})

/** What was said before by those who say nothing now: that they do not answer takes nothing back. */
const kept = (known: Known, asks: ReadonlyArray<string>, missing: ReadonlyArray<MissingEvidence>) => {
  const silent = new Set(missing.map(({ source }) => source))
  return known.evidence.filter(({ source }) => {
    if (here.has(source)) return false
    const asked = askedAs[source] ?? [source]
    return !asked.some((one) => asks.includes(one)) || asked.some((one) => silent.has(one))
  })
}

/** A link looked at from the beginning, but for those outside who do not answer now. */
export const anew = (
  known: Known,
  outlook: Outlook,
  {
    asks,
    unasked
  }: { readonly asks: ReadonlyArray<string>; readonly unasked: ReadonlyArray<MissingEvidence> },
  lists: Lists,
  brands = builtInBrands()
) => {
  const before = kept(known, asks, outlook.missing)
  const said = new Set(outlook.evidence.map(evidenceName))
  const isFollowed = !outlook.missing.some(({ source }) => source === "redirects")
  const end = isFollowed ? outlook.end : (outlook.end ?? endOf(known))
  const hops = isFollowed ? outlook.hops : known.hops
  const own = [...localEvidence(known.url, brands), ...lists.lookUp(known.url)]
  const all: Outlook = {
    evidence: [...outlook.evidence, ...before.filter((evidence) => !said.has(evidenceName(evidence)))],
    missing: outlook.missing,
    ...(end === undefined ? {} : { end })
  }
  return {
    evidence: combined(own, all, lists, brands),
    missing: [...outlook.missing, ...unasked, ...lists.missing()],
    ...(hops === undefined ? {} : { hops })
  }
}
