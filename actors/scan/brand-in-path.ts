import { plainReading } from "./confusables.ts"
import { type BrandIndex, isOwned } from "./brand-index.ts"

// Shorter names are words and abbreviations too.
const lengthMin = 4

/**
 * The brand that a segment of the path is named after, `amazon` of `http://example.com/amazon/index.php`, or false.
 * A brand's own site names itself where it likes.
 */
export function brandInPath(
  brands: BrandIndex,
  registrable: string,
  segments: ReadonlyArray<string>
): string | false {
  const named = segments.find((segment) => {
    const name = plainReading(segment).replace(/\.\w+$/, "")
    return name.length >= lengthMin && brands.namesInPaths.has(name)
  })
  return named === undefined || isOwned(registrable, brands) ? false : named
}
