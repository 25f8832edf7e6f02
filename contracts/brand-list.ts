/** Lists of brands as text: names that are imitated, and where their owners really are. Pure. */
import { domainToASCII } from "node:url"
import { Result } from "effect"
import { publicSuffix } from "./link/public-suffix.ts"

/** A name that is imitated, and where its owner really is. */
export interface Brand {
  /** As it stands in domain names, lower-case. */
  readonly name: string
  /** Domains that belong to the owner, with all their sub-domains. The first is named in warnings. */
  readonly owns: ReadonlyArray<string>
  /**
   * The name is also a word, or too short to be telling inside other words: it counts only where it stands
   * by itself or beside a word of the trade.
   */
  readonly isWord: boolean
  /** The owner uses the name under these domains alone: under any other it is somebody else's. */
  readonly isOnlyThere: boolean
  /**
   * Names close to this one that are honest: `finance` is not a mistyped `binance`. With a hyphen at the end, what
   * honest words begin with: `revolution-` of `revolutionary`.
   */
  readonly neighbours: ReadonlyArray<string>
}

/** What is wrong with a list, and the line that it is in, from 1. */
export interface BrandListFault {
  readonly line: number
  readonly problem: string
}

/** A word of a list, and its line. */
interface Word {
  readonly line: number
  readonly text: string
}

/** An entry as it is written. `name` is what stands before the colon; undefined where there is none. */
interface Entry {
  readonly line: number
  readonly text: string
  readonly name: string | undefined
  readonly owns: Array<Word>
  readonly neighbours: Array<Word>
  tildes: number
}

const newEntry = (line: number, text: string): Entry => {
  const colon = text.indexOf(":")
  const name = colon < 0 ? undefined : text.slice(0, colon).trim()
  return { line, text, name, owns: [], neighbours: [], tildes: 0 }
}

const addWords = (entry: Entry, line: number, text: string): void => {
  const parts = text.split("~")
  for (let at = 0; at < parts.length; at++) {
    if (at > 0) entry.tildes++
    const words = entry.tildes === 0 ? entry.owns : entry.neighbours
    for (const word of parts[at]?.split(/\s+/) ?? []) if (word !== "") words.push({ line, text: word })
  }
}

/** The entries of a list, and the first line that is indented without one before it. */
function entriesOf(list: string): {
  readonly entries: ReadonlyArray<Entry>
  readonly stray: Word | undefined
} {
  const entries: Array<Entry> = []
  let stray: Word | undefined
  const lines = list.replace(/^\uFEFF/, "").split(/\r?\n/)
  for (let at = 0; at < lines.length; at++) {
    const [written = ""] = lines[at]?.split("#", 1) ?? []
    const pieces = written.split(";")
    for (let piece = 0; piece < pieces.length; piece++) {
      const text = pieces[piece]?.trim() ?? ""
      if (text === "") continue
      const last = entries.at(-1)
      if (piece === 0 && /^\s/.test(written)) {
        if (last === undefined) stray ??= { line: at + 1, text }
        else addWords(last, at + 1, text)
        continue
      }
      const entry = newEntry(at + 1, text)
      if (entry.name !== undefined) addWords(entry, at + 1, text.slice(text.indexOf(":") + 1))
      entries.push(entry)
    }
  }
  return { entries, stray }
}

const textOf = ({ text }: Word): string => text

const brandOf = ({ name = "", neighbours, owns }: Entry): Brand => ({
  name: name.replace(/[*!]$/, ""),
  isWord: name.endsWith("*"),
  isOnlyThere: name.endsWith("!"),
  owns: owns.map(textOf),
  neighbours: neighbours.map(textOf)
})

/**
 * Reads a brand list that is known to be right. Entries start at the beginning of a line or behind a semicolon,
 * `name: domains ~ neighbours`, and go on over indented lines. `*` behind a name says `isWord`, `!` says
 * `isOnlyThere`. What stands behind `#` is a comment.
 *
 * @example parseBrands("acme*: acme.com acme.org ~ acne")
 */
export const parseBrands = (list: string): ReadonlyArray<Brand> => entriesOf(list).entries.map(brandOf)

/** A shorter name is part of too many others to count wherever it stands. */
const plainNameLengthMin = 4
const labelLengthMax = 63
const hostLengthMax = 253
const shownLengthMax = 60

const shown = (text: string): string =>
  JSON.stringify(text.length > shownLengthMax ? `${text.slice(0, shownLengthMax)}…` : text)

const plainHost = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** A domain in A-labels, or what was expected instead of it. */
const domainOf = (text: string): Result.Result<string, string> => {
  const lower = text.toLowerCase()
  // In other letters than these a `/` or a `:` would be taken for the end of the name.
  const host = /^[\x21-\x7e]*$/.test(lower) ? lower : /[/:?#@\\]/.test(lower) ? "" : domainToASCII(lower)
  if (host.length > hostLengthMax || !plainHost.test(host))
    return Result.fail("a domain such as acme.com, which stands for all of its sub-domains, too")
  return publicSuffix(host).registrable === null
    ? Result.fail("a domain that somebody holds, and no public suffix, under which anybody may have a name")
    : Result.succeed(host)
}

/** Before an ending, for digits alone would be taken for an address, or for none. */
const isLabel = (text: string): boolean => {
  const ascii = /^[\p{L}\p{M}\p{N}]+$/u.test(text) ? domainToASCII(`${text}.example`) : ""
  return ascii !== "" && ascii.length <= labelLengthMax + ".example".length
}

/** What was expected of a name instead of what it is; undefined where it is right. */
const wrongName = (name: string): string | undefined => {
  const plain = name.replace(/[*!]$/, "")
  if (plain === "") return "a name before the colon, as in acme: acme.com"
  if (!isLabel(plain))
    return "a name of letters and digits as domains have them, without hyphens and dots (acmebank stands for acme-bank, too)"
  return [...plain].length < plainNameLengthMin && !name.endsWith("*")
    ? `a name of ${plainNameLengthMin} characters or more, or ${plain}*, which counts only where it stands by itself or beside a word of the trade`
    : undefined
}

const neighbour = /^[\p{L}\p{M}\p{N}]+-?$/u

const wrongNeighbour = (text: string): string | undefined =>
  neighbour.test(text)
    ? undefined
    : "an honest name of letters and digits, or the beginning of some with a hyphen behind it"

const wanted = "an entry such as acme: acme.com ~ acne"

const fault = (line: number, expected: string, found: string): Result.Result<never, BrandListFault> =>
  Result.fail({ line, problem: `expected ${expected}, found ${shown(found)}` })

function checked(entry: Entry): Result.Result<Brand, BrandListFault> {
  const { line, name, neighbours, owns, text, tildes } = entry
  if (name === undefined)
    return fault(line, `${wanted}, or a line that is indented, to go on with the entry before`, text)
  const wrong = wrongName(name)
  if (wrong !== undefined) return fault(line, wrong, name)
  if (tildes > 1) return fault(line, "one ~, between the domains and the honest names", text)
  if (owns.length + neighbours.length === 0)
    return fault(line, `domains behind the colon, as in ${wanted}`, text)
  const domains = new Set<string>()
  for (const word of owns) {
    const domain = domainOf(word.text)
    if (Result.isFailure(domain)) return fault(word.line, domain.failure, word.text)
    domains.add(domain.success)
  }
  for (const word of neighbours) {
    const wrongWord = wrongNeighbour(word.text)
    if (wrongWord !== undefined) return fault(word.line, wrongWord, word.text)
  }
  const brand = brandOf(entry)
  return Result.succeed({
    ...brand,
    name: brand.name.toLowerCase(),
    owns: [...domains],
    neighbours: brand.neighbours.map((word) => word.toLowerCase())
  })
}

/**
 * Reads a brand list that somebody wrote, all or nothing: the first thing in it that is wrong is said with its line.
 * Names come out in lower case, domains in lower case and A-labels.
 *
 * @example readBrandList("acme: acme.com\n  acme.org # since 2020\nfoo*: foo.example") // Result.succeed([…])
 */
export function readBrandList(list: string): Result.Result<ReadonlyArray<Brand>, BrandListFault> {
  const { entries, stray } = entriesOf(list)
  const [first] = entries
  if (stray !== undefined && (first === undefined || stray.line < first.line))
    return fault(stray.line, `${wanted}, at the beginning of a line`, stray.text)
  const brands: Array<Brand> = []
  for (const entry of entries) {
    const brand = checked(entry)
    if (Result.isFailure(brand)) return Result.fail(brand.failure)
    brands.push(brand.success)
  }
  return Result.succeed(brands)
}
