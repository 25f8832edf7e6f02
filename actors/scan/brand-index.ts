import { publicSuffix } from "../../contracts/link/public-suffix.ts"
import { type Brand, brands } from "./brands.ts"
import { skeleton } from "./confusables.ts"
import { lettersOf } from "./edit-distance.ts"

/** A brand with what hosts are compared with, computed once. */
export interface IndexedBrand {
  readonly brand: Brand
  readonly skeleton: string
  readonly withoutDoubles: string
  /** The letters of `withoutDoubles`, a bit each. */
  readonly letters: number
  readonly neighbours: ReadonlySet<string>
  /** What honest words begin with that are close to the name, or hold it. */
  readonly stems: ReadonlyArray<string>
  /** Where it stands among `indexedBrands`. */
  readonly place: number
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

/** `text` with every letter that stands several times in a row standing once. */
export const withoutDoubles = (text: string): string => text.replace(/(.)\1+/g, "$1")

export const indexedBrands: ReadonlyArray<IndexedBrand> = brands.map((brand, place) => {
  const read = skeleton(brand.name)
  const single = withoutDoubles(read)
  return {
    brand,
    skeleton: read,
    withoutDoubles: single,
    letters: lettersOf(single),
    neighbours: new Set(brand.neighbours.filter((word) => !word.endsWith("-")).map(skeleton)),
    stems: brand.neighbours.filter((word) => word.endsWith("-")).map((word) => skeleton(word.slice(0, -1))),
    place
  }
})

const bySkeleton: ReadonlyMap<string, ReadonlyArray<IndexedBrand>> = Map.groupBy(
  indexedBrands,
  (entry) => entry.skeleton
)
const skeletonLengths = [...new Set(indexedBrands.map((entry) => entry.skeleton.length))]

/** The brands whose skeletons stand in a skeleton, wherever. Every place is looked up, not every brand. */
export function brandsInside(skeletonOfLabel: string): ReadonlySet<IndexedBrand> {
  const inside = new Set<IndexedBrand>()
  for (let from = 0; from < skeletonOfLabel.length; from++) {
    for (const length of skeletonLengths) {
      if (from + length > skeletonOfLabel.length) continue
      for (const entry of bySkeleton.get(skeletonOfLabel.slice(from, from + length)) ?? []) inside.add(entry)
    }
  }
  return inside
}

// Shorter addresses (`t.co`, `x.com`) turn up inside honest names.
const addressLengthMin = 7
const addressPiecesMax = 5

const byAddress = new Map<string, IndexedBrand>()
for (const entry of indexedBrands)
  for (const domain of entry.brand.owns)
    if (domain.length >= addressLengthMin) byAddress.set(domain.replace(/[.-]/g, "-"), entry)

/** The brands whose addresses stand in pieces of a host: `paypal` of `www-paypal-com`. */
export function brandsByAddress(pieces: ReadonlyArray<string>): ReadonlySet<IndexedBrand> {
  const addressed = new Set<IndexedBrand>()
  for (let from = 0; from + 1 < pieces.length; from++) {
    let address = pieces[from] ?? ""
    for (let at = from + 1; at < pieces.length && at < from + addressPiecesMax; at++) {
      address += `-${pieces[at]}`
      const entry = byAddress.get(address)
      if (entry !== undefined) addressed.add(entry)
    }
  }
  return addressed
}

export const brandNames: ReadonlySet<string> = new Set(brands.map(({ name }) => name))

// A public suffix that a brand runs (github.io) is its customers' ground: only the name itself is the brand's.
const held = brands.flatMap(({ owns }) => owns)
const heldExactly: ReadonlySet<string> = new Set(held)
const usedElsewhere = new Set(brands.filter(({ isOnlyThere }) => isOnlyThere).map(({ name }) => name))
const heldLabels: ReadonlySet<string> = new Set(
  held.map((domain) => domain.slice(0, domain.indexOf("."))).filter((label) => !usedElsewhere.has(label))
)

/** Whether `host` is, or is under, a domain that some known brand holds. */
export function isOwned(host: string): boolean {
  if (heldExactly.has(host)) return true
  for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
    const domain = host.slice(dot + 1)
    if (heldExactly.has(domain) && publicSuffix(domain).registrable !== null) return true
  }
  return false
}

/**
 * Whether a brand holds this very label under some suffix, and may hold it under others: `alibabacloud` of
 * alibabacloud.com.
 */
export const isHeldLabel = (label: string): boolean => heldLabels.has(label)
