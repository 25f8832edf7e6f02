/** Words as people type them: digits of three scripts, and what they nearly wrote. Pure. */
/** Where the digits of Arabic and of Persian begin. */
const arabicZero = 0x0660
const persianZero = 0x06f0

/** Arabic and Persian digits as those of Latin: `٣٠` is `30`. */
export const latinDigits = (text: string): string =>
  text.replaceAll(/[٠-٩۰-۹]/gu, (digit) => {
    const code = digit.codePointAt(0)!
    return String(code - (code >= persianZero ? persianZero : arabicZero))
  })

/** How many letters have to be put in, left out, changed or swapped with their neighbour. */
const distance = (a: string, b: string): number => {
  const rows: Array<Array<number>> = [Array.from({ length: b.length + 1 }, (_, index) => index)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2]![j - 2]! + 1 : Infinity
      row.push(Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, changed, swapped))
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}

/** Words longer than this are nobody's slip. */
const slipLengthMax = 40

/** The one of these that a word is nearest to. */
export const nearest = <Name extends string>(
  word: string,
  names: readonly [Name, ...ReadonlyArray<Name>]
): Name => {
  const typed = word.slice(0, slipLengthMax).toLowerCase()
  return names.reduce((best, name) => (distance(typed, name) < distance(typed, best) ? name : best))
}
