/**
 * Whether `a` becomes `b` by at most `most` slips: a character more, less or other, or two neighbours swapped
 * (optimal string alignment).
 *
 * @example isWithinEdits("payapl", "paypal", 1) // true
 */
export const isWithinEdits = (a: string, b: string, most: number): boolean => editsBetween(a, b, most) <= most

/** How many slips `a` is from `b`; `most + 1` where it is more than `most`. */
export function editsBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let start = 0
  while (start < a.length && start < b.length && a.charCodeAt(start) === b.charCodeAt(start)) start++
  let end = 0
  const endMax = Math.min(a.length, b.length) - start
  while (end < endMax && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end)) end++
  const lengthA = a.length - start - end
  const lengthB = b.length - start - end
  if (lengthA === 0 || lengthB === 0) return Math.min(Math.max(lengthA, lengthB), most + 1)
  return edits(a, b, start, lengthA, lengthB, most)
}

// A name of the DNS has 253 characters at most; longer texts get rows of their own.
const rowLength = 256
const rows = [new Uint16Array(rowLength), new Uint16Array(rowLength), new Uint16Array(rowLength)] as const

// Row by row, giving up where no way is left that is short enough.
function edits(a: string, b: string, start: number, lengthA: number, lengthB: number, most: number): number {
  let [before, last, next] = lengthB < rowLength ? rows : newRows(lengthB + 1)
  for (let at = 0; at <= lengthB; at++) last[at] = at
  for (let row = 1; row <= lengthA; row++) {
    const unit = a.charCodeAt(start + row - 1)
    let least = row
    next[0] = row
    for (let at = 1; at <= lengthB; at++) {
      const other = b.charCodeAt(start + at - 1)
      let cost = (last[at - 1] ?? 0) + (unit === other ? 0 : 1)
      cost = Math.min(cost, (last[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1)
      if (
        row > 1 &&
        at > 1 &&
        unit === b.charCodeAt(start + at - 2) &&
        a.charCodeAt(start + row - 2) === other
      )
        cost = Math.min(cost, (before[at - 2] ?? 0) + 1)
      next[at] = cost
      least = Math.min(least, cost)
    }
    if (least > most) return most + 1
    ;[before, last, next] = [last, next, before]
  }
  return Math.min(last[lengthB] ?? 0, most + 1)
}

const newRows = (length: number): readonly [Uint16Array, Uint16Array, Uint16Array] => [
  new Uint16Array(length),
  new Uint16Array(length),
  new Uint16Array(length)
]

/** The Latin letters of a text, a bit each: texts that differ in many are far apart, seen without counting edits. */
export function lettersOf(text: string): number {
  let letters = 0
  for (let at = 0; at < text.length; at++) letters |= 1 << (text.charCodeAt(at) & 31)
  return letters
}

/** Whether two texts with these letters can be within `most` edits: each takes away and brings one at most. */
export function mayBeWithin(lettersA: number, lettersB: number, most: number): boolean {
  let different = lettersA ^ lettersB
  let count = 0
  for (; different !== 0; different &= different - 1) count++
  return count <= 2 * most
}
