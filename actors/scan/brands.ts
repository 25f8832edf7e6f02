import { type Brand, parseBrands } from "../../contracts/brand-list.ts"
import { brandList } from "./brand-list.ts"
import { dailyBrandList } from "./brand-list-daily.ts"
import { moneyBrandList } from "./brand-list-money.ts"
import { worldBrandList } from "./brand-list-world.ts"

let known: ReadonlyArray<Brand> | undefined

/** Brands that Wadjet knows from the start. Read at the first question: whoever only extracts links does not need them. */
export const knownBrands = (): ReadonlyArray<Brand> =>
  (known ??= [brandList, moneyBrandList, dailyBrandList, worldBrandList].flatMap(parseBrands))

const both = (some: ReadonlyArray<string>, more: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set([...some, ...more])
]

const joined = (one: Brand, other: Brand): Brand => ({
  name: one.name,
  isWord: one.isWord || other.isWord,
  isOnlyThere: one.isOnlyThere || other.isOnlyThere,
  owns: both(one.owns, other.owns),
  neighbours: both(one.neighbours, other.neighbours)
})

/**
 * Brands with more of them: what is said of a name that is there already is added to it, at its place, and the others
 * come behind. The domain that warnings name stays the first one's.
 */
export function brandsWith(brands: ReadonlyArray<Brand>, more: ReadonlyArray<Brand>): ReadonlyArray<Brand> {
  const byName = new Map(brands.map((brand) => [brand.name, brand]))
  for (const brand of more) {
    const there = byName.get(brand.name)
    byName.set(brand.name, there === undefined ? brand : joined(there, brand))
  }
  return [...byName.values()]
}
