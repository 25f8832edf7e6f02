/** What people type, as an expression of SQLite's full-text search: never a mistake in its language. */

/** More words than these narrow nothing down. */
const termsMax = 16

/** What is quoted is one term, as it stands; anything else ends where there is a space. */
const termPattern = /"([^"]*)"|([^\s"]+)/gu
/** The index has letters and digits alone: a term without any would stand for nothing. */
const hasWord = /[\p{L}\p{N}]/u

export interface Term {
  readonly text: string
  /** Whether its last word is whole, rather than the beginning of one. */
  readonly whole: boolean
}

/** The terms of a query: all have to be there. `log in` are two, `"log in"` and `log-in.example` are one each. */
export const termsOf = (query: string): ReadonlyArray<Term> =>
  [...query.replaceAll("\0", " ").matchAll(termPattern)]
    .map(([, quoted, plain]) => ({ text: quoted ?? plain ?? "", whole: quoted !== undefined }))
    .filter(({ text }) => hasWord.test(text))
    .slice(0, termsMax)

/** @see https://www.sqlite.org/fts5.html#full_text_query_syntax */
export const matchOf = (terms: ReadonlyArray<Term>): string =>
  terms.map(({ text, whole }) => `"${text}"${whole ? "" : " *"}`).join(" ")

/** Characters shown before and after what was found. */
const aroundCharacters = 60

export interface Snippet {
  readonly text: string
  /** Where in it the first term is, in UTF-16 code units; null where it is spelled with other accents. */
  readonly mark: { readonly start: number; readonly end: number } | null
}

/** The part of a text in which a term is found. */
export const snippetOf = (text: string, terms: ReadonlyArray<Term>): Snippet => {
  const lower = text.toLowerCase()
  // A lower case that is longer would be marked in the wrong place.
  const found =
    lower.length === text.length
      ? terms.map((term) => ({ at: lower.indexOf(term.text.toLowerCase()), length: term.text.length }))
      : []
  const first = found.find(({ at }) => at >= 0)
  const at = first?.at ?? 0
  const length = first?.length ?? 0
  const from = Math.max(0, at - aroundCharacters)
  const to = Math.min(text.length, at + length + aroundCharacters)
  const before = from > 0 ? "…" : ""
  const shown = `${before}${text.slice(from, to)}${to < text.length ? "…" : ""}`
  const start = at - from + before.length
  return { text: shown, mark: first === undefined ? null : { start, end: start + length } }
}
