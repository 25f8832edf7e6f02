/** Counts how often the same was said at the same time, without hashing every text of an export. */
export const repeatCounter = (): ((at: string, said: string) => number) => {
  // Most times of day have one message, for which one string is kept; the rest get a table.
  const saidAt = new Map<string, string | Map<string, number>>()
  return (at, said) => {
    const known = saidAt.get(at)
    if (known === undefined) {
      saidAt.set(at, said)
      return 0
    }
    const counts = typeof known === "string" ? new Map([[known, 1]]) : known
    if (counts !== known) saidAt.set(at, counts)
    const repeat = counts.get(said) ?? 0
    counts.set(said, repeat + 1)
    return repeat
  }
}
