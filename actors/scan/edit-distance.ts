/**
 * Whether `a` becomes `b` by at most `most` slips: a character more, less or other, or two neighbours swapped
 * (optimal string alignment).
 *
 * @example isWithinEdits("payapl", "paypal", 1) // true
 */
export function isWithinEdits(a: string, b: string, most: number): boolean {
  if (Math.abs(a.length - b.length) > most) return false
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end++
  return edits(a.slice(start, a.length - end), b.slice(start, b.length - end), most) <= most
}

// Row by row, giving up where no way is left that is short enough.
function edits(a: string, b: string, most: number): number {
  let before: ReadonlyArray<number> = []
  let last: ReadonlyArray<number> = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let row = 1; row <= a.length; row++) {
    const next = [row]
    for (let at = 1; at <= b.length; at++) {
      const other = a[row - 1] === b[at - 1] ? 0 : 1
      let least = Math.min((last[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1, (last[at - 1] ?? 0) + other)
      if (row > 1 && at > 1 && a[row - 1] === b[at - 2] && a[row - 2] === b[at - 1])
        least = Math.min(least, (before[at - 2] ?? 0) + 1)
      next.push(least)
    }
    if (Math.min(...next) > most) return most + 1
    before = last
    last = next
  }
  return last[b.length] ?? 0
}

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
