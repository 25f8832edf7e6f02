import { brandList } from "./brand-list.ts"
import { dailyBrandList } from "./brand-list-daily.ts"
import { moneyBrandList } from "./brand-list-money.ts"
import { worldBrandList } from "./brand-list-world.ts"

/** A name that is imitated, and where its owner really is. */
export interface Brand {
  /** As it stands in domain names, lower-case. */
  readonly name: string
  /** Domains that belong to the owner, with all their sub-domains. The first is named in warnings. */
  readonly owns: ReadonlyArray<string>
  /**
   * The name is also a word, or too short to be telling inside other words: it counts only where it stands
   * by itself or beside a word of the trade.
   */
  readonly isWord: boolean
  /** The owner uses the name under these domains alone: under any other it is somebody else's. */
  readonly isOnlyThere: boolean
  /**
   * Names close to this one that are honest: `finance` is not a mistyped `binance`. With a hyphen at the end, what
   * honest words begin with: `revolution-` of `revolutionary`.
   */
  readonly neighbours: ReadonlyArray<string>
}

/**
 * Reads a brand list. Entries start at the beginning of a line, `name: domains ~ neighbours`, and go on
 * over indented lines.
 *
 * @example parseBrands("acme*: acme.com acme.org ~ acne")
 */
export function parseBrands(list: string): ReadonlyArray<Brand> {
  return list
    .trim()
    .split(/\n(?=\S)/)
    .filter((entry) => entry.includes(":"))
    .map((entry) => {
      const [name = "", rest = ""] = entry.split(/:\s*/, 2)
      const [owns = "", neighbours = ""] = rest.split("~")
      return {
        name: name.replace(/[*!]$/, ""),
        isWord: name.endsWith("*"),
        isOnlyThere: name.endsWith("!"),
        owns: words(owns),
        neighbours: words(neighbours)
      }
    })
}

const words = (text: string): ReadonlyArray<string> => text.split(/\s+/).filter((word) => word !== "")

/** Brands that Wadjet knows from the start. */
export const brands: ReadonlyArray<Brand> = [
  brandList,
  moneyBrandList,
  dailyBrandList,
  worldBrandList
].flatMap(parseBrands)
