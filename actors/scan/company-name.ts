/** Names that a company gives to what is its own, beside the names that others make of it. */
import { companyPrefixes, companyWords, corporateWords, joiningWords } from "./lure-words.ts"
import { madeOf } from "./strung-words.ts"

const saysCompany = madeOf(new Set([...corporateWords, ...companyWords]), joiningWords)

/**
 * Whether a label is a company's name, spelled as it is, with words behind it that its owner has more use for than who
 * imitates it: `netflixinsights`, `aboutnetflix`. Imitations are often hyphenated: there only the plainest words count.
 *
 * @example isCompanysOwn("netflixforeducators", "netflix") // true
 */
export function isCompanysOwn(label: string, name: string): boolean {
  if (label.includes("-")) {
    const [first, ...others] = label.split("-")
    return first === name && others.every((word) => corporateWords.has(word))
  }
  const at = label.indexOf(name)
  if (at < 0 || label === name) return false
  const before = label.slice(0, at)
  const after = label.slice(at + name.length)
  if (before !== "" && !companyPrefixes.has(before)) return false
  return after === "" || saysCompany(after)
}
