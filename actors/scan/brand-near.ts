/** Which brands a name may be mistyped from: a quick look at letters and lengths, before anything is compared. */
import { type IndexedBrand, indexedBrands } from "./brand-index.ts"

// Shorter names have too many honest neighbours one letter away. The longer a name, the less a name close to it
// is chance. Doubled letters count once: they are easily lost.
const slipsByLength: ReadonlyArray<readonly [lengthMin: number, slips: number]> = [
  [13, 5],
  [7, 2],
  [5, 1]
]
const wordLengthMin = 6
// Under a suffix that is mostly abused, two slips in a name of this length are enough for a doubt.
const abusedLengthMin = 6
/** Names at least this long are looked for with a slip inside longer ones. */
export const nearlyInsideLengthMin = 9

/** How many slips away from a brand's name a name still counts. */
export function slipsFor(
  { brand, withoutDoubles: { length } }: IndexedBrand,
  isAbusedSuffix: boolean
): number {
  if (brand.isWord) return length >= wordLengthMin ? 1 : 0
  const slips = slipsByLength.find(([min]) => length >= min)?.[1] ?? 0
  return isAbusedSuffix && length >= abusedLengthMin ? Math.max(slips, 2) : slips
}

const letters = Int32Array.from(indexedBrands, (entry) => entry.letters)
const firsts = Uint16Array.from(indexedBrands, ({ withoutDoubles }) => withoutDoubles.charCodeAt(0))
const lengths = Uint8Array.from(indexedBrands, ({ withoutDoubles }) => withoutDoubles.length)
const slips = Uint8Array.from(indexedBrands, (entry) => slipsFor(entry, false))
const slipsWhereAbused = Uint8Array.from(indexedBrands, (entry) => slipsFor(entry, true))

/**
 * The places in `indexedBrands`, rising, of the brands that one of the parts may be mistyped from. `parts` are skeletons
 * without doubled letters, `partLetters` their letters, a bit each.
 */
export function placesNear(
  parts: ReadonlyArray<string>,
  partLetters: ReadonlyArray<number>,
  isAbusedSuffix: boolean
): ReadonlyArray<number> {
  const most = isAbusedSuffix ? slipsWhereAbused : slips
  const near: Array<number> = []
  for (let place = 0; place < letters.length; place++)
    for (let at = 0; at < parts.length; at++)
      if (mayBe(place, most[place] ?? 0, parts[at] ?? "", partLetters[at] ?? 0)) {
        near.push(place)
        break
      }
  return near
}

function mayBe(place: number, most: number, part: string, partLetters: number): boolean {
  if (most === 0) return false
  const { length } = part
  const own = letters[place] ?? 0
  const ownLength = lengths[place] ?? 0
  const sameStart = part.charCodeAt(0) === firsts[place]
  const lacking = own & ~partLetters
  // With one slip at most one letter of the name is nowhere in what holds it.
  const holds = ownLength >= nearlyInsideLengthMin && length >= ownLength - 1
  if (sameStart && holds && (lacking & (lacking - 1)) === 0) return true
  // What people read first is the first letter: where that is another, one slip is all there may be.
  const slipsHere = sameStart ? most : 1
  // A slip takes away and brings one letter at most, and within a doubled one it splits the pair.
  if (length > ownLength + slipsHere + 1 || length + slipsHere + 1 < ownLength) return false
  let different = own ^ partLetters
  for (let left = 2 * slipsHere; different !== 0; left--) {
    if (left === 0) return false
    different &= different - 1
  }
  return true
}
