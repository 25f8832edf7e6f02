/**
 * Whether a text is words of a list and nothing else, strung together: `tradeoffers`, `marketingpartners`. Words of one
 * or two letters only count where they are the whole text. Words of `between` join others, and end nothing.
 *
 * @example madeOf(new Set(["brand", "partner"]), new Set(["for"]))("forbrand") // true
 */
export function madeOf(
  words: ReadonlySet<string>,
  between: ReadonlySet<string> = new Set()
): (text: string) => boolean {
  const longest = Math.max(...[...words].map(({ length }) => length))
  return (text) => {
    if (words.has(text)) return true
    const reached = new Set([0])
    let isEnd = false
    for (let from = 0; from < text.length; from++) {
      if (!reached.has(from)) continue
      for (let to = from + wordLengthMin; to <= Math.min(text.length, from + longest); to++) {
        const word = text.slice(from, to)
        if (words.has(word)) isEnd = isEnd || to === text.length
        else if (!between.has(word)) continue
        reached.add(to)
      }
    }
    return isEnd
  }
}

const wordLengthMin = 3
