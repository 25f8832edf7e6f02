import type { Brand } from "../../contracts/brand-list.ts"
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
  /** Where it stands among the brands of its index. */
  readonly place: number
}

/** `text` with every letter that stands several times in a row standing once. */
export const withoutDoubles = (text: string): string => text.replace(/(.)\1+/g, "$1")

/** A brand at a place of an index. */
export function indexed(brand: Brand, place: number): IndexedBrand {
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
}
