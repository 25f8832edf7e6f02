/**
 * What a character can be to a link in running text. One table look-up for each UTF-16 unit keeps
 * extraction linear whatever is written.
 */
export const Stop = 0
/** Letters, digits, marks, symbols, `-` and `_`: may stand in a host name. */
export const Host = 1
/** `.` and its full-width and ideographic relatives, which IDNA treats alike. */
export const Dot = 2
/** Invisible: zero-width characters and direction marks. They separate nothing and are never seen. */
export const Soft = 3
/** Punctuation that ends a host and may stand in a path. */
export const Punctuation = 4

/** One of the five classes above. */
export type CharacterClass = 0 | 1 | 2 | 3 | 4

// Quotation marks, brackets and sentence marks of other scripts never occur raw in a pasted URL; text
// glued behind a URL nearly always begins with one.
const stops =
  /[\s\p{Cc}\p{Co}\p{Cn}<>"`«»‹›“”„‟\u202A-\u202E\u2066-\u2069\u3001\u3008-\u301F！＂＃（）＊，：；＜＞？［］｛｝｜｟｠「」､\uFFF9-\uFFFF]/u
const dots = /[.\u3002\uFF0E\uFF61]/
const invisible = /\p{Default_Ignorable_Code_Point}|\p{Cf}/u
const hostLike = /[\p{L}\p{N}\p{M}\p{So}\p{Sc}\p{Sk}\p{Sm}\u00B7\u30FB-]/u

const unknown = 255
const table = new Uint8Array(0x1_0000).fill(unknown)

/** The class of the code point that starts at `at`. Call it at the start of a code point. */
export function classAt(text: string, at: number): CharacterClass {
  const unit = text.charCodeAt(at)
  if (unit >= 0xd800 && unit <= 0xdfff) return classifyAstral(text.codePointAt(at) ?? unit)
  const remembered = table[unit]
  if (remembered !== unknown) return remembered as CharacterClass
  const found = classify(String.fromCharCode(unit))
  table[unit] = found
  return found
}

/** UTF-16 units of the code point at `at`. */
export function widthAt(text: string, at: number): 1 | 2 {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}

function classify(char: string): CharacterClass {
  if (char <= "\u007F") {
    if (/[A-Za-z0-9_-]/.test(char)) return Host
    if (char === ".") return Dot
    return /[\s<>"`\p{Cc}]/u.test(char) ? Stop : Punctuation
  }
  if (dots.test(char)) return Dot
  if (stops.test(char)) return Stop
  if (invisible.test(char) && !/\p{Variation_Selector}/u.test(char)) return Soft
  // Variation selectors are ignorable too, but belong to the emoji before them.
  return hostLike.test(char) ? Host : Punctuation
}

const astral = new Map<number, CharacterClass>()
const astralRememberedMax = 4_096

function classifyAstral(codePoint: number): CharacterClass {
  // A lone surrogate is not a character; URL parsers replace it and mail clients cut there.
  if (codePoint <= 0xffff) return Stop
  const remembered = astral.get(codePoint)
  if (remembered !== undefined) return remembered
  if (astral.size >= astralRememberedMax) astral.clear()
  const found = classify(String.fromCodePoint(codePoint))
  astral.set(codePoint, found)
  return found
}

/** Whether the unit is a digit or a Latin letter. */
export function isAsciiWord(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a)
}

/** Whether nothing in `text` is outside ASCII. */
export function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false
  return true
}

/** Whether the character at `at` is a letter or a digit of any script. */
export function isWordAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  if (unit < 0x80) return isAsciiWord(unit)
  return at < text.length && classAt(text, at) === Host
}

// Scripts written without spaces, and emoji: people glue them to a Latin-script address with nothing
// in between, and readers still see where the address ends.
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30FC\p{Extended_Pictographic}]/u
const unspacedTable = new Uint8Array(0x1_0000)

/** Whether the character at `at` belongs to a script written without spaces, or is an emoji. */
export function isUnspacedAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  if (unit < 0x80 || Number.isNaN(unit)) return false
  if (unit >= 0xd800 && unit <= 0xdfff)
    return unspaced.test(String.fromCodePoint(text.codePointAt(at) ?? unit))
  if (unspacedTable[unit] === 0) unspacedTable[unit] = unspaced.test(String.fromCharCode(unit)) ? 2 : 1
  return unspacedTable[unit] === 2
}
