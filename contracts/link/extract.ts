import { readBareAddress, readBareLinks } from "./bare-link.ts"
import { type BracketPairs, bracketPairs } from "./bracket-pairs.ts"
import { classAt, Host, isAsciiWord, widthAt } from "./characters.ts"
import type { ExtractedLink } from "./extracted-link.ts"
import { readHostRun } from "./host-run.ts"
import { readSchemedLink, type SchemeFound } from "./schemed-link.ts"
import { schemeEnding, separatorAt, starredSchemeEnding } from "./scheme-spellings.ts"
import { type HostStart, hostStarts } from "./userinfo.ts"

export type { ExtractedLink } from "./extracted-link.ts"

/**
 * Every link in `text`, in order, without overlaps: with a scheme, as a bare domain under a real public
 * suffix, as a bare address, defanged, glued together, hidden behind invisible characters, in any script.
 * E-mail addresses, file names and full stops without a space are not links.
 *
 * It takes time linear in the length of the text, whatever the text is, and never throws.
 *
 * @example extractLinks("see Https://example.com/a, or bit.ly/b.")
 */
export function extractLinks(text: string): ReadonlyArray<ExtractedLink> {
  const links: Array<ExtractedLink> = []
  const first = tellingWord(text, 0)
  if (first === text.length) return links
  const surveyed: Surveyed = { text, pairs: bracketPairs(text), hostStart: hostStarts(text) }
  for (let at = first; at < text.length; at = tellingWord(text, at)) at = readWord(surveyed, at, links)
  return links
}

/**
 * What every link has: a dot with more behind it than a space or a digit (four numbers aside), a colon as schemes and
 * IPv6 addresses have it, a dot of another script, or one of these spelled so that nobody can tap it.
 */
const telling =
  /\.(?=[^ \n\d])|\d\.\d{1,3}\.\d{1,3}\.\d|:(?=[/\\\uFF0F[:\da-f])|[\uFF1A\u3002\uFF0E\uFF61]|\[:|[[({]dot/gi

/**
 * Where the next word begins, at or behind `at`, that can be a link or have one in it; else where the text ends. Words end
 * at what ASCII has of spaces and controls, which no link has within.
 */
function tellingWord(text: string, at: number): number {
  telling.lastIndex = at
  const found = telling.exec(text)
  if (found === null) return text.length
  let start = found.index
  while (start > at && text.charCodeAt(start - 1) > 0x20) start--
  return start
}

/** Reads the links of the word that begins at `from`, and returns where it ends. */
function readWord(surveyed: Surveyed, from: number, links: Array<ExtractedLink>): number {
  const { text } = surveyed
  let at = from
  while (at < text.length && text.charCodeAt(at) > 0x20) {
    const word = plainWordEnd(text, at)
    if (word > at) at = word
    else if (classAt(text, at) === Host) at = readRun(surveyed, at, links)
    else if (text.charCodeAt(at) === 0x3a) at = readColon(surveyed, at, links)
    else at += widthAt(text, at)
  }
  return at
}

/** What may make more of a word of ASCII than a word: a dot within it, a scheme, something defanged. */
const continues: ReadonlySet<number> = new Set([...".:[({%"].map((char) => char.charCodeAt(0)))

/**
 * Where the word ends that begins at `at`, with the full stop of its sentence, if it is one of ASCII that can be
 * no link and no part of one; else `at`. Most of what people write is such words.
 */
function plainWordEnd(text: string, at: number): number {
  let end = at
  let unit = text.charCodeAt(end)
  while (isAsciiWord(unit) || unit === 0x2d || unit === 0x5f) unit = text.charCodeAt(++end)
  if (end === text.length) return end
  if (unit === 0x2e) return end > at && endsSentence(text, end + 1) ? end + 1 : at
  return unit < 0x80 && !continues.has(unit) ? end : at
}

const endsSentence = (text: string, behind: number): boolean =>
  behind === text.length || text.charCodeAt(behind) === 0x20 || text.charCodeAt(behind) === 0x0a

/** A text with what has to be known of the whole of it. */
interface Surveyed {
  readonly text: string
  readonly pairs: BracketPairs
  readonly hostStart: HostStart
}

// Every reader returns where to go on, always further than where it began.
function readRun(surveyed: Surveyed, at: number, links: Array<ExtractedLink>): number {
  const { pairs, text } = surveyed
  const address = beginsAddress(text, at) ? readBareAddress(text, at) : undefined
  if (address?.link !== undefined) {
    links.push(address.link)
    return address.resume
  }
  const run = readHostRun(text, at, false)
  const separator = separatorAt(text, run.end)
  const scheme = separator.length > 0 ? schemeEnding(run.cooked) : undefined
  const schemeFrom = run.cooked.length - (scheme?.spelling.length ?? 0)
  const bare = readBareLinks(text, at, run, schemeFrom, pairs)
  links.push(...bare.links)
  if (scheme === undefined) return Math.max(bare.resume, at + 1)
  const found: SchemeFound = {
    scheme: scheme.scheme,
    defanged: scheme.defanged || separator.defanged,
    start: run.placeOf(schemeFrom),
    end: run.end + separator.length
  }
  return readSchemed(surveyed, found, links)
}

function readColon(surveyed: Surveyed, at: number, links: Array<ExtractedLink>): number {
  const { text } = surveyed
  const separator = separatorAt(text, at)
  const scheme = separator.length > 0 ? starredSchemeEnding(text, at) : undefined
  if (scheme !== undefined) {
    const start = at - scheme.spelling.length
    const found = { scheme: scheme.scheme, defanged: true, start, end: at + separator.length }
    return readSchemed(surveyed, found, links)
  }
  const address = text.charCodeAt(at + 1) === 0x3a ? readBareAddress(text, at) : undefined
  if (address?.link === undefined) return at + 1
  links.push(address.link)
  return address.resume
}

function readSchemed(
  { hostStart, pairs, text }: Surveyed,
  found: SchemeFound,
  links: Array<ExtractedLink>
): number {
  const { link, resume } = readSchemedLink(text, found, pairs, hostStart)
  if (link !== undefined) links.push(link)
  return resume
}

// Up to four hexadecimal digits and a colon.
function beginsAddress(text: string, at: number): boolean {
  let next = at
  while (next < at + 4 && /[0-9a-f]/i.test(text.charAt(next))) next++
  return text.charCodeAt(next) === 0x3a && next > at
}
