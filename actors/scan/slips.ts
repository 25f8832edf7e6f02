/**
 * How people mistype a name, and how others write it so that it still reads as the name: a letter left out, one too
 * many, two swapped, or one taken for another that is beside it on the keyboard or looks or sounds alike.
 */

// Rows of keys, shifted against each other as on a keyboard: `w` touches `q`, `e`, `a`, `s`.
const keyRows = ["qwertyuiop", "asdfghjkl", "zxcvbnm"]

// Letters that are read, heard or spelled for each other. Every pair within a group counts.
const alike = "aeiouy bdpq ceo gq mnr uvw sz sc ckq ij lj ft ftl hn hb pb td vf gj yj xz ks"

const pairs: ReadonlySet<string> = new Set([
  ...keyRows.flatMap((row, at) =>
    [...row].flatMap((key, place) => {
      const below = keyRows[at + 1] ?? ""
      return [row[place + 1], below[place - 1], below[place]].flatMap((other) =>
        other === undefined ? [] : [key + other, other + key]
      )
    })
  ),
  ...alike.split(" ").flatMap((group) => [...group].flatMap((one) => [...group].map((other) => one + other)))
])

/** One letter for any other is as much as two slips. */
const anyOtherSlips = 2

/**
 * How many slips lead from `a` to `b`, where a letter taken for just any other counts as two; `most + 1` where it is
 * more than `most`.
 *
 * @example slipsBetween("dicsorb", "discord", 2) // 2: two letters swapped, and b for d
 */
export function slipsBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let before: ReadonlyArray<number> = []
  let last: ReadonlyArray<number> = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let row = 1; row <= a.length; row++) {
    const next = [row]
    for (let at = 1; at <= b.length; at++) {
      let least = Math.min((last[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1)
      least = Math.min(least, (last[at - 1] ?? 0) + taken(a[row - 1] ?? "", b[at - 1] ?? ""))
      if (row > 1 && at > 1 && a[row - 1] === b[at - 2] && a[row - 2] === b[at - 1])
        least = Math.min(least, (before[at - 2] ?? 0) + 1)
      next.push(least)
    }
    if (Math.min(...next) > most) return most + 1
    before = last
    last = next
  }
  return Math.min(last[b.length] ?? 0, most + 1)
}

const taken = (one: string, other: string): number => {
  if (one === other) return 0
  return pairs.has(one + other) ? 1 : anyOtherSlips
}
