import { domainToUnicode } from "node:url"
import type { Brand } from "../../contracts/brand-list.ts"
import { publicSuffix } from "../../contracts/link/public-suffix.ts"
import { type NearTable, nearTable } from "./brand-near.ts"
import { brandsWith, knownBrands } from "./brands.ts"
import { indexed, type IndexedBrand } from "./indexed-brand.ts"

/** Brands as hosts and pages are compared with them. Made once of a list, and never changed. */
export interface BrandIndex {
  readonly brands: ReadonlyArray<IndexedBrand>
  /** The operator's part of the list, of which the same index can be made elsewhere. */
  readonly own: ReadonlyArray<Brand>
  readonly byName: ReadonlyMap<string, IndexedBrand>
  readonly bySkeleton: ReadonlyMap<string, ReadonlyArray<IndexedBrand>>
  readonly skeletonLengths: ReadonlyArray<number>
  /** The places of brands by those of their domains that have hyphens, with hyphens in the place of dots. */
  readonly byHyphened: ReadonlyMap<string, number>
  /** The places of the brands that hold a domain: one, or several. */
  readonly holders: ReadonlyMap<string, number | ReadonlyArray<number>>
  readonly heldLabels: ReadonlySet<string>
  /** Names that stand in the paths of others' links only to be taken for a brand. */
  readonly namesInPaths: ReadonlySet<string>
  /** Names that are brands' own where they are the last label: `google` of `opal.google`. */
  readonly endings: ReadonlySet<string>
  readonly near: NearTable
}

/** How a host imitates a brand. */
export interface BrandFinding {
  readonly level: "low" | "medium" | "high"
  /** The brand's own domain, for the warning. */
  readonly brand: string
  readonly reason: string
}

export const found = (
  level: BrandFinding["level"],
  { brand }: IndexedBrand,
  reason: string
): BrandFinding => ({ level, brand: brand.owns[0] ?? brand.name, reason })

// Shorter addresses (`t.co`, `x.com`) turn up inside honest names.
const addressLengthMin = 7
const addressPiecesMax = 5

function hyphenedOf(brands: ReadonlyArray<IndexedBrand>): ReadonlyMap<string, number> {
  const byHyphened = new Map<string, number>()
  for (const { brand, place } of brands)
    for (const domain of brand.owns)
      if (domain.includes("-") && domain.split(/[.-]/).length <= addressPiecesMax)
        byHyphened.set(domain.replaceAll(".", "-"), place)
  return byHyphened
}

/** Domains of other letters are asked for as they are written and as they are encoded. */
const spellingsOf = (domain: string): ReadonlyArray<string> =>
  domain.includes("xn--") ? [domain, domainToUnicode(domain)] : [domain]

function holdersOf(brands: ReadonlyArray<IndexedBrand>): BrandIndex["holders"] {
  const holders = new Map<string, number | ReadonlyArray<number>>()
  for (const { brand, place } of brands)
    for (const domain of brand.owns)
      for (const spelling of spellingsOf(domain)) {
        const before = holders.get(spelling)
        holders.set(spelling, before === undefined ? place : [before, place].flat())
      }
  return holders
}

const labelOf = (domain: string): string => domain.slice(0, domain.indexOf("."))

/** Of what an operator names, `mail` of `mail.acme.com` is no label that anybody holds elsewhere. */
function labelsOf(known: ReadonlyArray<Brand>, own: ReadonlyArray<Brand>): ReadonlySet<string> {
  const labels = new Set(known.flatMap(({ owns }) => owns).map(labelOf))
  for (const { owns } of own)
    for (const domain of owns)
      if (publicSuffix(domain).registrable === domain)
        spellingsOf(domain).forEach((it) => labels.add(labelOf(it)))
  for (const { isOnlyThere, name } of brandsWith(known, own)) if (isOnlyThere) labels.delete(name)
  return labels
}

/** The index of brands, with `own` ones of an operator added to those that are `known`. */
export function brandIndex(known: ReadonlyArray<Brand>, own: ReadonlyArray<Brand> = []): BrandIndex {
  const brands = brandsWith(known, own).map(indexed)
  const bySkeleton = Map.groupBy(brands, (entry) => entry.skeleton)
  const knownNames = known.map(({ name }) => name)
  return {
    brands,
    own,
    byName: new Map(brands.map((entry) => [entry.brand.name, entry])),
    bySkeleton,
    skeletonLengths: [...new Set(brands.map((entry) => entry.skeleton.length))],
    byHyphened: hyphenedOf(brands),
    holders: holdersOf(brands),
    heldLabels: labelsOf(known, own),
    // A word of an operator's choice (`news*`) stands in the paths of many.
    namesInPaths: new Set([...knownNames, ...own.filter(({ isWord }) => !isWord).map(({ name }) => name)]),
    // An operator's name may be that of an ending that anybody has (`club`).
    endings: new Set(knownNames),
    near: nearTable(brands)
  }
}

let builtIn: BrandIndex | undefined

/** The index of the brands that Wadjet knows from the start, made at the first question. */
export const builtInBrands = (): BrandIndex => (builtIn ??= brandIndex(knownBrands()))

/** The same with an operator's own brands. */
export const brandsOfOperator = (own: ReadonlyArray<Brand>): BrandIndex =>
  own.length === 0 ? builtInBrands() : brandIndex(knownBrands(), own)

/** The brands whose skeletons stand in a skeleton, wherever. Every place is looked up, not every brand. */
export function brandsInside(
  { bySkeleton, skeletonLengths }: BrandIndex,
  skeletonOfLabel: string
): ReadonlySet<IndexedBrand> {
  const inside = new Set<IndexedBrand>()
  for (let from = 0; from < skeletonOfLabel.length; from++) {
    for (const length of skeletonLengths) {
      if (from + length > skeletonOfLabel.length) continue
      for (const entry of bySkeleton.get(skeletonOfLabel.slice(from, from + length)) ?? []) inside.add(entry)
    }
  }
  return inside
}

/** The brands whose addresses stand in pieces of a host: `paypal` of `www-paypal-com`. */
export function brandsByAddress(
  { brands, byHyphened, holders }: BrandIndex,
  pieces: ReadonlyArray<string>
): ReadonlySet<IndexedBrand> {
  const addressed = new Set<IndexedBrand>()
  for (let from = 0; from + 1 < pieces.length; from++) {
    let dotted = pieces[from] ?? ""
    let hyphened = dotted
    for (let at = from + 1; at < pieces.length && at < from + addressPiecesMax; at++) {
      dotted += `.${pieces[at]}`
      hyphened += `-${pieces[at]}`
      if (dotted.length < addressLengthMin) continue
      const place = lastOf(holders.get(dotted)) ?? byHyphened.get(hyphened)
      if (place !== undefined) addressed.add(brands[place]!)
    }
  }
  return addressed
}

const lastOf = (places: number | ReadonlyArray<number> | undefined): number | undefined =>
  typeof places === "object" ? places.at(-1) : places

// A public suffix that a brand runs (github.io) is its customers' ground: only the name itself is the brand's.
const isHoldersAlone = (domain: string): boolean => publicSuffix(domain).registrable !== null

/** Whether `host` is, or is under, a domain that some brand holds. */
export function isOwned(host: string, { holders }: BrandIndex = builtInBrands()): boolean {
  if (holders.has(host)) return true
  for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
    const domain = host.slice(dot + 1)
    if (holders.has(domain) && isHoldersAlone(domain)) return true
  }
  return false
}

/** The names of the brands that hold a host, or a domain that it is in. */
export function holdersOfHost(host: string, { brands, holders }: BrandIndex): ReadonlySet<string> {
  const names = new Set<string>()
  for (let from = 0; from >= 0;) {
    const domain = host.slice(from)
    const places = holders.get(domain)
    if (places !== undefined && (from === 0 || isHoldersAlone(domain)))
      for (const place of typeof places === "number" ? [places] : places) names.add(brands[place]!.brand.name)
    const dot = host.indexOf(".", from)
    from = dot < 0 ? -1 : dot + 1
  }
  return names
}

/**
 * Whether a brand holds this very label under some suffix, and may hold it under others: `alibabacloud` of
 * alibabacloud.com.
 */
export const isHeldLabel = ({ heldLabels }: BrandIndex, label: string): boolean => heldLabels.has(label)
