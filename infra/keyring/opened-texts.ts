/** Texts that were opened lately: deciphering what everybody looks at takes longer than finding it. */

/** Of the newer and of the older half. Opened, a page of 50 messages has two hundred texts. */
const halfTexts = 2_048
/** Longer ones are rare, and would make a bound of texts none of memory. */
const sealedCharactersMax = 4_096

/**
 * Keeps the values of so many texts, those asked for lately. Whoever keeps them clears them with the keys that opened
 * them: what is in here needs no key any more.
 *
 * @example const texts = openedTexts(); texts.keep(sealed, value); texts.find(sealed) // value
 */
export const openedTexts = () => {
  let newer = new Map<string, unknown>()
  let older = new Map<string, unknown>()
  const keep = (sealed: string, value: unknown): void => {
    if (sealed.length > sealedCharactersMax) return
    if (newer.size >= halfTexts) {
      older = newer
      newer = new Map()
    }
    newer.set(sealed, value)
  }
  return {
    keep,
    /** The value of a text; `undefined` where it is not known. */
    find: (sealed: string): unknown => {
      const known = newer.get(sealed)
      if (known !== undefined) return known
      const before = older.get(sealed)
      if (before !== undefined) keep(sealed, before)
      return before
    },
    clear: (): void => {
      newer.clear()
      older.clear()
    }
  }
}
