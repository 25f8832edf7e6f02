/**
 * The words that a chat reads. Never a clickable link: what is named is defanged.
 * A language is one catalogue.
 */
import { defang } from "../../contracts/link/defang.ts"
import type { Level } from "../../contracts/level.ts"
import { plainReason } from "./reasons.ts"

interface Catalogue {
  readonly headline: { readonly [L in Level]: (host: string) => string }
  readonly advice: { readonly [L in Level]: string }
  readonly because: string
  readonly denied: string
  readonly corrected: string
}

const english: Catalogue = {
  headline: {
    malicious: (host) => `⛔ Dangerous link: ${host}`,
    suspicious: (host) => `⚠️ Suspicious link: ${host}`,
    benign: (host) => `✅ ${host} is no longer held to be dangerous.`
  },
  advice: {
    malicious: "Do not open it, and do not enter anything there.",
    suspicious: "Be careful: check with the sender before you open it.",
    benign: "An earlier warning about it was wrong or has been taken back."
  },
  because: "Why:",
  denied: "an admin has blocked it",
  corrected: "(corrected)"
}

/** A chat reads three reasons at most; the rest is in the web page and in `wadjet` reports. */
const reasonsMax = 3

export interface Saying {
  readonly level: Level
  readonly url: string
  /** Evidence of the scan, heaviest first, with its words where it has any. */
  readonly evidence: ReadonlyArray<{
    readonly source: string
    readonly kind: string
    readonly detail: string | null
  }>
  /** Whether an override decided, and not the scan. */
  readonly overridden: boolean
  readonly correction: boolean
}

/** Which link is meant: its host, or its scheme where it names none, such as `data:`. */
const nameOf = (url: string): string => {
  const parsed = URL.parse(url)
  if (parsed === null) return defang(url)
  return parsed.hostname === "" ? `${parsed.protocol}…` : defang(parsed.hostname)
}

/** The text of a notice. */
export const noticeText = (saying: Saying, words: Catalogue = english): string => {
  const host = nameOf(saying.url)
  const lines = [words.headline[saying.level](host), words.advice[saying.level]]
  const reasons = saying.overridden
    ? [words.denied]
    : saying.evidence
        .map(plainReason)
        .filter((it) => it !== undefined)
        .slice(0, reasonsMax)
  if (saying.level !== "benign" && reasons.length > 0) lines.push(`${words.because} ${reasons.join("; ")}`)
  if (saying.correction) lines.push(words.corrected)
  return lines.join("\n")
}

/** The reaction that stands for a level where a reply would be too much. */
export const reactionOf: { readonly [L in Level]: string } = {
  malicious: "⛔",
  suspicious: "⚠️",
  benign: "✅"
}
