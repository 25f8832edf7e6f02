import { classAt, isWordAt, Punctuation, Stop } from "./characters.ts"

// More marks in a row than this mean nothing to WhatsApp, and following them all could take for ever.
const marksInRowMax = 8

// A closing mark further away than this is not looked for; the bound keeps hostile texts linear.
const closerDistanceMax = 256

/** WhatsApp's marks around a link: `*bold*`, `_italic_`, `~strike~`. Code marks end every link anyway. */
const marks = "*_~"

/**
 * The marks that open directly before `start` (outermost first), by WhatsApp's rule: an opening mark has
 * no word before it and no space after it.
 */
export function marksBefore(text: string, start: number): string {
  let from = start
  while (from > 0 && start - from < marksInRowMax && marks.includes(text.charAt(from - 1))) from--
  return from > 0 && isWordAt(text, from - 1) ? "" : text.slice(from, start)
}

/** Whether the mark at `at` closes: a character before it, and nothing of a word after it. */
export function closesAt(text: string, at: number): boolean {
  let next = at + 1
  while (next - at < marksInRowMax && next < text.length && marks.includes(text.charAt(next))) next++
  if (next >= text.length) return true
  const following = classAt(text, next)
  return (
    following === Stop ||
    (following === Punctuation && !"/?#&=%+@:".includes(text.charAt(next))) ||
    text.charAt(next) === "."
  )
}

/** Whether a mark `mark` that opened before `from` is closed later on the same line. */
export function isClosedAfter(text: string, from: number, mark: string): boolean {
  const end = Math.min(text.length, from + closerDistanceMax)
  for (let at = from; at < end; at++) {
    const char = text.charAt(at)
    if (char === "\n") return false
    if (char === mark && classAt(text, at - 1) !== Stop && closesAt(text, at)) return true
  }
  return false
}

/** `cooked` without the underscores at its end: the closing marks of what was opened before it. */
export function withoutClosingUnderscores(cooked: string): string {
  let end = cooked.length
  while (end > 0 && cooked[end - 1] === "_") end--
  return cooked.slice(0, end)
}
