import { plainReading } from "./confusables.ts"
import { brandNames, isOwned } from "./brand-index.ts"

// Shorter names are words and abbreviations too.
const lengthMin = 4

/**
 * The brand that a segment of the path is named after, `amazon` of `http://example.com/amazon/index.php`, or false.
 * A brand's own site names itself where it likes.
 */
export function brandInPath(registrable: string, segments: ReadonlyArray<string>): string | false {
  const named = segments.find((segment) => {
    const name = plainReading(segment).replace(/\.\w+$/, "")
    return name.length >= lengthMin && brandNames.has(name)
  })
  return named === undefined || isOwned(registrable) ? false : named
}
