import { type BrandFinding, type BrandIndex, found } from "./brand-index.ts"
import { nearlyInsideLengthMin, slipsFor } from "./brand-near.ts"
import type { IndexedBrand } from "./indexed-brand.ts"
import { editsBetween, isWithinEdits, mayBeWithin } from "./edit-distance.ts"
import { slipsBetween as likelySlips } from "./slips.ts"

/** The pieces of a label between hyphens, as they are compared with brands. */
export interface Pieces {
  /** The skeletons, the same with doubled letters single, and the pieces as they are read. */
  readonly parts: ReadonlyArray<string>
  readonly partsWithoutDoubles: ReadonlyArray<string>
  /** The letters of those, a bit each. */
  readonly letters: ReadonlyArray<number>
  readonly plainParts: ReadonlyArray<string>
}

// More slips than three leave a name only where its beginning is whole.
const anywhereMost = 3
const wholeStartLength = 7
// In names shorter than this two slips have to be likely ones, and may not both make it longer or shorter.
const anySlipLengthMin = 9
const wordLengthMin = 6
const tellingLengthMin = 7
const tellingOfManyLengthMin = 13
/** A piece of a label that is a few slips, at most `slipsMost`, away from a brand's name. */
export function mistyped(
  { byName }: BrandIndex,
  entry: IndexedBrand,
  pieces: Pieces,
  isAbusedSuffix: boolean,
  slipsMost = Number.POSITIVE_INFINITY
): BrandFinding | undefined {
  const { brand } = entry
  const most = Math.min(slipsMost, slipsFor(entry, isAbusedSuffix))
  if (most === 0) return undefined
  for (let at = 0; at < pieces.parts.length; at++) {
    const letters = pieces.letters[at] ?? 0
    const isNear = mayBeWithin(letters, entry.letters, most)
    // Nearly all brands end here, for nearly all names.
    if (!isNear && !mayHoldName(letters, entry)) continue
    const part = pieces.parts[at] ?? ""
    const single = pieces.partsWithoutDoubles[at] ?? part
    if (part === entry.skeleton || isHonestWord(part, entry) || byName.has(pieces.plainParts[at] ?? ""))
      continue
    const slips = isNear ? slipsBetween(entry, part, single, most, isAbusedSuffix) : most + 1
    if (slips <= most) return judged(entry, part, single, slips)
    if (mayHoldName(letters, entry) && isNearlyInside(single, entry))
      return found(brand.isWord ? "low" : "medium", entry, `${brand.name} with a slip inside ${part}`)
  }
  return undefined
}

const isHonestWord = (part: string, { neighbours, stems }: IndexedBrand): boolean =>
  neighbours.has(part) || stems.some((stem) => part.startsWith(stem))

// With one slip at most one letter of the name is nowhere in what holds it.
const mayHoldName = (letters: number, { letters: own, withoutDoubles }: IndexedBrand): boolean => {
  const lacking = own & ~letters
  return withoutDoubles.length >= nearlyInsideLengthMin && (lacking & (lacking - 1)) === 0
}

function slipsBetween(
  entry: IndexedBrand,
  part: string,
  single: string,
  most: number,
  isAbusedSuffix: boolean
): number {
  const { skeleton, withoutDoubles } = entry
  if (single === withoutDoubles) return 1
  // What people read first is the first letter. Without it only a single slip in a longer name counts.
  const sameStart = part[0] === skeleton[0]
  if (!sameStart && (entry.brand.isWord || skeleton.length < wordLengthMin)) return most + 1
  if (isWithinEdits(part, skeleton, 1)) return 1
  const startsAlike = sameStart && (isAbusedSuffix || part[1] === skeleton[1])
  if (!startsAlike || isCutOff(single, withoutDoubles)) return most + 1
  if (withoutDoubles.length < anySlipLengthMin && !isAbusedSuffix) {
    const isAsLong = Math.abs(single.length - withoutDoubles.length) <= 1
    return isAsLong ? likelySlips(single, withoutDoubles, most) : most + 1
  }
  const sameBeginning = single.startsWith(withoutDoubles.slice(0, wholeStartLength))
  const mostHere = sameBeginning ? most : Math.min(most, anywhereMost)
  const slips = Math.max(2, editsBetween(single, withoutDoubles, mostHere))
  return slips <= mostHere ? slips : most + 1
}

// `hosting` is no slip of `hostinger`.
const isCutOff = (part: string, name: string): boolean => name.startsWith(part) || part.startsWith(name)

function judged(entry: IndexedBrand, part: string, single: string, slips: number): BrandFinding {
  const { brand, skeleton, withoutDoubles } = entry
  const lengthMin = slips === 1 ? tellingLengthMin : tellingOfManyLengthMin
  // A letter doubled or lost from a double is telling in any name.
  const isLong = withoutDoubles.length >= lengthMin || single === withoutDoubles
  const isTelling = part[0] === skeleton[0] && !brand.isWord && isLong
  return found(
    isTelling ? "medium" : "low",
    entry,
    `${slips === 1 ? "one slip" : `${slips} slips`} from ${brand.name}`
  )
}

// `steamcommunlltygame`: the brand with a slip, followed by something else.
function isNearlyInside(part: string, { withoutDoubles: name }: IndexedBrand): boolean {
  if (part[0] !== name[0] || part.length < name.length - 1) return false
  return [0, 1, -1].some((more) => isWithinEdits(part.slice(0, name.length + more), name, 1))
}
