import { classAt, Dot, Host, isAsciiWord, Soft, widthAt } from "./characters.ts"

/**
 * An unbroken run of host characters, read from a text. `cooked` is what the run says once invisible
 * characters are gone and every kind of dot is a `.`.
 */
export interface HostRun {
  readonly cooked: string
  /** Where in the text the i-th unit of `cooked` stands; for `cooked.length`, the end of the run. */
  readonly placeOf: (index: number) => number
  readonly end: number
  /** Where in `cooked` the dots are that were written so that nobody can tap them, `[.]`. */
  readonly defangedAt: ReadonlyArray<number>
}

const nowhere: ReadonlyArray<number> = []
const defangedDot = /\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\{dot\}/iy
const percentEncoded = /(?:%[0-9a-f]{2})+/iy

/**
 * Reads the run that starts at `start`. Behind a scheme (`schemed`) percent-encoding is decoded, as
 * browsers do, and an ideographic full stop is always a dot; in running text it ends a sentence unless
 * Latin letters touch it on both sides.
 */
export function readHostRun(text: string, start: number, schemed: boolean): HostRun {
  return readPlainRun(text, start) ?? readAnyRun(text, start, schemed)
}

// Nearly every run is plain ASCII and needs no cooking at all.
function readPlainRun(text: string, start: number): HostRun | undefined {
  let end = start
  let unit = text.charCodeAt(end)
  while (isAsciiWord(unit) || unit === 0x2e || unit === 0x2d || unit === 0x5f) unit = text.charCodeAt(++end)
  if (unit >= 0x80 || unit === 0x25 || unit === 0x5b || unit === 0x28 || unit === 0x7b) return undefined
  return { cooked: text.slice(start, end), placeOf: (index) => start + index, end, defangedAt: nowhere }
}

function readAnyRun(text: string, start: number, schemed: boolean): HostRun {
  let cooked = ""
  const places: Array<number> = []
  let end = start
  const defangedAt: Array<number> = []
  let at = start
  const push = (piece: string, width: number): void => {
    for (let i = 0; i < piece.length; i++) places.push(piece.length === width ? at + i : at)
    cooked += piece
    at += width
    end = at
  }
  while (at < text.length) {
    const kind = classAt(text, at)
    if (kind === Host) {
      const width = widthAt(text, at)
      push(text.slice(at, at + width), width)
    } else if (kind === Soft) {
      if (joins(text, at)) push(text.charAt(at), 1)
      else at++
    } else if (kind === Dot) {
      if (!isDot(text, at, schemed)) break
      push(".", 1)
    } else {
      const dot = defangedDotAt(text, at)
      if (dot > 0 && cooked !== "") {
        defangedAt.push(places.length)
        push(".", dot)
        continue
      }
      const decoded = schemed ? percentDecodedAt(text, at) : undefined
      if (decoded === undefined) break
      push(decoded.piece, decoded.width)
    }
  }
  return { cooked, placeOf: (index) => places[index] ?? end, end, defangedAt }
}

// Zero-width joiners belong to the spelling of Indic and Persian names and are noise between others.
function joins(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return (unit === 0x200c || unit === 0x200d) && isNonAsciiHost(text, at - 1) && isNonAsciiHost(text, at + 1)
}

function isNonAsciiHost(text: string, at: number): boolean {
  return text.charCodeAt(at) >= 0x80 && classAt(text, at) === Host
}

function isDot(text: string, at: number, schemed: boolean): boolean {
  const unit = text.charCodeAt(at)
  if (unit === 0x2e || unit === 0xff0e) return true
  if (schemed) return at + 1 < text.length && classAt(text, at + 1) === Host
  return isAsciiWord(text.charCodeAt(at - 1)) && isAsciiWord(text.charCodeAt(at + 1))
}

function defangedDotAt(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if (unit !== 0x5b && unit !== 0x28 && unit !== 0x7b) return 0
  defangedDot.lastIndex = at
  const found = defangedDot.exec(text)?.[0] ?? ""
  const next = at + found.length
  return found !== "" && next < text.length && classAt(text, next) === Host ? found.length : 0
}

function percentDecodedAt(
  text: string,
  at: number
): { readonly piece: string; readonly width: number } | undefined {
  if (text.charCodeAt(at) !== 0x25) return undefined
  percentEncoded.lastIndex = at
  const found = percentEncoded.exec(text)?.[0]
  const piece = found === undefined ? undefined : decoded(found)
  return found === undefined || piece === undefined ? undefined : { piece, width: found.length }
}

function decoded(encoded: string): string | undefined {
  const text = Buffer.from(encoded.replaceAll("%", ""), "hex").toString("utf8")
  return /^[\p{L}\p{N}\p{M}\p{S}.。．｡_-]+$/u.test(text) ? text.replace(/[。．｡]/g, ".") : undefined
}
