import { type BracketPairs, isCloser, isOpener } from "./bracket-pairs.ts"
import { classAt, isAsciiWord, isUnspacedAt, Soft, Stop, widthAt } from "./characters.ts"
import { closesAt } from "./markup.ts"
import { schemeEnding } from "./scheme-spellings.ts"

/** What surrounds a link and decides where it ends. */
export interface TailContext {
  readonly pairs: BracketPairs
  /** Marks that opened directly before the link: the link ends where they close. */
  readonly marks: string
  /** The host is written in ASCII, so text of an unspaced script glued behind is not part of the link. */
  readonly asciiHost: boolean
}

const portMax = 65_535
const portText = /:(\d{1,32})(?![\p{L}\p{N}_])/uy

/** The end of a valid port (`:8080`) at `at`, or `at`. */
export function portEnd(text: string, at: number): number {
  if (text.charCodeAt(at) !== 0x3a) return at
  portText.lastIndex = at
  const port = portText.exec(text)
  const value = Number(port?.[1] ?? Number.NaN)
  return port !== null && value > 0 && value <= portMax ? at + port[0].length : at
}

/**
 * The end of the path, query and fragment that start at `from`, or `from` when there are none. Trailing
 * punctuation, brackets that were opened before the link, and a closing WhatsApp mark stay outside.
 */
export function tailEnd(text: string, from: number, context: TailContext): number {
  const first = text.charAt(from)
  if (first === "" || !"/?#\\".includes(first)) return from
  return trimmedEnd(text, from, untrimmedEnd(text, from, context), context.pairs)
}

function untrimmedEnd(text: string, from: number, { pairs, marks, asciiHost }: TailContext): number {
  let inPath = text.charAt(from) === "/"
  let scriptSeen = !asciiHost
  let at = from
  while (at < text.length) {
    const unit = text.charCodeAt(at)
    // Nearly all of nearly every tail is letters, digits and slashes, which end nothing.
    if (isAsciiWord(unit) || unit === 0x2f || unit === 0x2d) {
      if (!isAsciiWord(unit)) scriptSeen = !asciiHost
      at++
      continue
    }
    if (classAt(text, at) === Stop) break
    if (unit === 0x3f || unit === 0x23) inPath = false
    // `|` separates links in tables and chats; in a query some sites use it.
    if (unit === 0x7c && inPath) break
    if (isOpener(unit) && pairs(at) < 0) break
    if (isCloser(unit) && pairs(at) < from) break
    if (marks !== "" && marks.includes(text.charAt(at)) && closesAt(text, at)) break
    if (unit === 0x3a) {
      const glued = gluedLinkStart(text, from, at)
      if (glued > 0) return glued
    }
    if (unit < 0x80) scriptSeen = (scriptSeen && isAsciiWord(unit)) || !asciiHost
    else if (isUnspacedAt(text, at)) {
      if (!scriptSeen && at > from && isAsciiWord(text.charCodeAt(at - 1))) break
      scriptSeen = true
    }
    at += widthAt(text, at)
  }
  return at
}

// A URL inside a URL follows a delimiter; one that directly follows a word is the next link.
function gluedLinkStart(text: string, from: number, colon: number): number {
  if (text.charCodeAt(colon + 1) !== 0x2f || text.charCodeAt(colon + 2) !== 0x2f) return -1
  let start = colon
  while (start > from && isAsciiWord(text.charCodeAt(start - 1))) start--
  const scheme = schemeEnding(text.slice(Math.max(start, colon - 6), colon))
  if (scheme === undefined) return -1
  const schemeStart = colon - scheme.spelling.length
  const before = text.charCodeAt(schemeStart - 1)
  return schemeStart > from &&
    (isAsciiWord(before) || ",;)]}'.".includes(text.charAt(schemeStart - 1)) || before >= 0x80)
    ? schemeStart
    : -1
}

const neverLast = ".,:;!?*|\\([{…’‘‚¿—–•"
// What ends a sentence or a part of it in other scripts: `،`, `؟`, `।`, `。`.
const endsSentence = /\p{Terminal_Punctuation}/u

function trimmedEnd(text: string, from: number, untrimmed: number, pairs: BracketPairs): number {
  let end = untrimmed
  let quotes = 0
  for (let at = from; at < end; at++) if (text.charCodeAt(at) === 0x27) quotes++
  while (end > from) {
    const last = text.charAt(end - 1)
    if (last === "'") {
      // An even number of quotes is quoting inside the link; the odd one closes what opened before it.
      if (quotes % 2 === 0) break
      quotes--
    } else if (
      !neverLast.includes(last) &&
      !(last > "\u007F" && endsSentence.test(last)) &&
      !(isCloser(last.charCodeAt(0)) && pairs(end - 1) < from) &&
      !isSoft(text, end - 1)
    ) {
      break
    }
    end--
  }
  return end - from === 1 && text.charAt(from) === "#" ? from : end
}

function isSoft(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  // Half of a pair is never invisible by itself.
  return (unit < 0xd800 || unit > 0xdfff) && classAt(text, at) === Soft
}
