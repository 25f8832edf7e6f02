const closerOf: ReadonlyMap<number, number> = new Map([
  [0x28, 0x29],
  [0x5b, 0x5d],
  [0x7b, 0x7d]
])
const closers: ReadonlySet<number> = new Set(closerOf.values())

/** Whether the unit is one of `([{`. */
export const isOpener = (unit: number): boolean => closerOf.has(unit)

/** Whether the unit is one of `)]}`. */
export const isCloser = (unit: number): boolean => closers.has(unit)

/** The place of the bracket that belongs to the one at `at`, or -1 when it stands alone. */
export type BracketPairs = (at: number) => number

/**
 * Which brackets of a text belong together, within one line and within words joined without a space: a
 * link in brackets loses the closing one, a link with `_(wiki)` keeps it. The whole text is paired in one
 * pass, the first time anybody asks, so that asking for every bracket of a hostile text stays linear.
 */
export function bracketPairs(text: string): BracketPairs {
  let partners: Int32Array | undefined
  return (at) => {
    partners ??= pair(text)
    return partners[at] ?? -1
  }
}

function pair(text: string): Int32Array {
  const partners = new Int32Array(text.length).fill(-1)
  const open: ReadonlyMap<number, Array<number>> = new Map([...closers].map((closer) => [closer, []]))
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    const closer = closerOf.get(unit)
    if (closer !== undefined) open.get(closer)?.push(at)
    else if (closers.has(unit)) {
      const opener = open.get(unit)?.pop()
      if (opener === undefined) continue
      partners[opener] = at
      partners[at] = opener
    } else if (unit <= 0x20) for (const waiting of open.values()) waiting.length = 0
  }
  return partners
}
