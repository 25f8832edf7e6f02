/** Levels, reasons, numbers and foreign texts as reports show them. Pure; every URL in them is defanged. */
import { defang } from "../../contracts/link/defang.ts"
import type { Level } from "../../contracts/level.ts"
import { evidenceWords } from "./evidence-words.ts"

export const levelMark: { readonly [L in Level]: string } = {
  malicious: "⛔",
  suspicious: "⚠️ ",
  benign: "✅"
}

const colours: { readonly [L in Level]: string } = { malicious: "31;1", suspicious: "33;1", benign: "32" }

/** A level as a word, in its colour where the output has colours. */
export const levelWord = (level: Level, colour: boolean): string =>
  colour ? `\x1b[${colours[level]}m${level}\x1b[0m` : level

/**
 * Text that somebody else chose, such as a name in an export, for a terminal: what would move its cursor, colour it or
 * turn its direction does nothing any more.
 *
 * @see https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings
 */
export const printable = (text: string): string =>
  text
    .replaceAll("\t", " ")
    .replace(/\p{Cc}/gu, "\uFFFD")
    .replace(/[\u202A-\u202E\u2066-\u2069]/gu, "")

export interface ShownReason {
  readonly source: string
  readonly kind: string
  readonly weight: number
  readonly detail?: string | null
}

/** One piece of evidence in words: `192[.]0[.]2[.]7: a bare number instead of a name`. */
export const reasonText = ({ detail, kind, source }: ShownReason): string => {
  const words = evidenceWords[`${source}.${kind}`] ?? `${source} ${kind}`
  return detail === null || detail === undefined ? words : `${printable(defang(detail))}: ${words}`
}

/** A weight or a score with its sign: `+16`, `−4`. */
export const signed = (value: number): string => {
  const text = String(Math.round(Math.abs(value) * 10) / 10)
  return value < 0 ? `−${text}` : `+${text}`
}

/** A probability in per cent; never rounded to certainty. */
export const percent = (probability: number): string => {
  const value = probability * 100
  if (value > 99.9) return "> 99.9 %"
  if (value < 0.1) return "< 0.1 %"
  return `${value >= 10 && value <= 90 ? value.toFixed(0) : value.toFixed(1)} %`
}

/** `1 link`, `2 links`, `1,204 links`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`
