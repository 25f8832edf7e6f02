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
  /** The brand's domains as they are written inside a label: `-paypal-com-`. */
  readonly addresses: ReadonlyArray<string>
  readonly neighbours: ReadonlySet<string>
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

// Shorter addresses (`t.co`, `x.com`) turn up inside honest names.
const addressLengthMin = 7

export const indexedBrands: ReadonlyArray<IndexedBrand> = brands.map((brand) => {
  const read = skeleton(brand.name)
  const single = withoutDoubles(read)
  return {
    brand,
    skeleton: read,
    withoutDoubles: single,
    letters: lettersOf(single),
    addresses: brand.owns
      .filter((domain) => domain.length >= addressLengthMin)
      .map((domain) => `-${domain.replaceAll(".", "-")}-`),
    neighbours: new Set(brand.neighbours.map(skeleton))
  }
})

export const brandNames: ReadonlySet<string> = new Set(brands.map(({ name }) => name))

// A public suffix that a brand runs (github.io) is its customers' ground: only the name itself is the brand's.
const held = brands.flatMap(({ owns }) => owns)
const heldExactly: ReadonlySet<string> = new Set(held)
const heldWithSubdomains: ReadonlySet<string> = new Set(
  held.filter((domain) => publicSuffix(domain).registrable !== null)
)
const heldLabels: ReadonlySet<string> = new Set(held.map((domain) => domain.slice(0, domain.indexOf("."))))

/** Whether `host` is, or is under, a domain that some known brand holds. */
export function isOwned(host: string): boolean {
  if (heldExactly.has(host)) return true
  for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
    if (heldWithSubdomains.has(host.slice(dot + 1))) return true
  }
  return false
}

/** Whether a brand holds this very label under some suffix: `alibabacloud` of alibabacloud.com. */
export const isHeldLabel = (label: string): boolean => heldLabels.has(label)
