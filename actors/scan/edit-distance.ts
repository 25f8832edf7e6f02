/**
 * Whether `a` and `b` are one slip apart: a character more, less or other, or two neighbours swapped
 * (Damerau). Equal texts are not one slip apart.
 */
export function isEditDistanceOne(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  if (a.length === b.length) {
    const swapped =
      a[start] === b[start + 1] && a[start + 1] === b[start] && a.slice(start + 2) === b.slice(start + 2)
    return swapped || a.slice(start + 1) === b.slice(start + 1)
  }
  return a.length > b.length ? a.slice(start + 1) === b.slice(start) : a.slice(start) === b.slice(start + 1)
}
