/** Numbers that are spread as hashes are, from a generator with a seed (xorshift). */
const makeRandom = (seed: number) => {
  let state = seed
  return (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

/** So many numbers of 32 bits in ascending order, each once. */
export const spread = (count: number, seed: number): Uint32Array => {
  const random = makeRandom(seed)
  const found = Uint32Array.from({ length: count }, random).toSorted()
  let kept = 0
  for (const value of found) if (kept === 0 || value !== found[kept - 1]) found[kept++] = value
  return found.slice(0, kept)
}
