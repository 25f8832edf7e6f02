/** Which brands a name may be mistyped from: a quick look at letters and lengths, before anything is compared. */
import type { IndexedBrand } from "./indexed-brand.ts"

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

/** Letters, lengths and slips of brands by their places, and the places by how names start and how long they are. */
export interface NearTable {
  readonly letters: Int32Array
  readonly lengths: Uint8Array
  readonly slips: Uint8Array
  readonly slipsWhereAbused: Uint8Array
  readonly byStart: ReadonlyMap<number, ReadonlyArray<number>>
  readonly byLength: ReadonlyMap<number, ReadonlyArray<number>>
}

// What people read first is the first letter: another one counts in longer names alone, and then it is the only slip.
const otherStartLengthMin = 6

/** The table of brands that stand at their places. */
export const nearTable = (brands: ReadonlyArray<IndexedBrand>): NearTable => ({
  letters: Int32Array.from(brands, (entry) => entry.letters),
  lengths: Uint8Array.from(brands, ({ withoutDoubles }) => withoutDoubles.length),
  slips: Uint8Array.from(brands, (entry) => slipsFor(entry, false)),
  slipsWhereAbused: Uint8Array.from(brands, (entry) => slipsFor(entry, true)),
  byStart: placesBy(brands, ({ withoutDoubles }) => withoutDoubles.charCodeAt(0)),
  byLength: placesBy(brands, ({ brand, skeleton, withoutDoubles }) =>
    brand.isWord || skeleton.length < otherStartLengthMin ? 0 : withoutDoubles.length
  )
})

function placesBy(
  brands: ReadonlyArray<IndexedBrand>,
  key: (entry: IndexedBrand) => number
): ReadonlyMap<number, ReadonlyArray<number>> {
  const entries = Map.groupBy(brands, key)
  return new Map([...entries].map(([at, some]) => [at, some.map(({ place }) => place)]))
}

/**
 * The places in a table of the brands that one of the parts may be mistyped from, rising.
 * `parts` are skeletons without doubled letters, `partLetters` their letters, a bit each.
 */
export function placesNear(
  table: NearTable,
  parts: ReadonlyArray<string>,
  partLetters: ReadonlyArray<number>,
  isAbusedSuffix: boolean
): ReadonlyArray<number> {
  const { byLength, byStart, letters } = table
  const most = isAbusedSuffix ? table.slipsWhereAbused : table.slips
  const near: Array<number> = []
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at] ?? ""
    const own = partLetters[at] ?? 0
    for (const place of byStart.get(part.charCodeAt(0)) ?? [])
      if (mayBe(table, place, most[place] ?? 0, part.length, own)) near.push(place)
    // One slip takes away or brings a letter, and within a doubled one it splits the pair.
    for (let length = Math.max(1, part.length - 2); length <= part.length + 2; length++)
      for (const place of byLength.get(length) ?? [])
        if (differsByAtMost((letters[place] ?? 0) ^ own, 2)) near.push(place)
  }
  return [...new Set(near)].toSorted((a, b) => a - b)
}

function mayBe(
  { lengths, letters }: NearTable,
  place: number,
  most: number,
  length: number,
  partLetters: number
): boolean {
  if (most === 0) return false
  const own = letters[place] ?? 0
  const ownLength = lengths[place] ?? 0
  const lacking = own & ~partLetters
  // With one slip at most one letter of the name is nowhere in what holds it.
  const holds = ownLength >= nearlyInsideLengthMin && length >= ownLength - 1
  if (holds && (lacking & (lacking - 1)) === 0) return true
  if (length > ownLength + most + 1 || length + most + 1 < ownLength) return false
  // A slip takes away and brings one letter at most.
  return differsByAtMost(own ^ partLetters, 2 * most)
}

function differsByAtMost(different: number, most: number): boolean {
  let left = different
  for (let count = 0; left !== 0; count++) {
    if (count === most) return false
    left &= left - 1
  }
  return true
}
