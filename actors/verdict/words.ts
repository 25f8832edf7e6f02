/** The words that a chat reads. Never a clickable link: what is named is defanged. */
import type { Language } from "../../contracts/chat-settings.ts"
import { defang } from "../../contracts/link/defang.ts"
import type { Level } from "../../contracts/level.ts"
import { languageWords } from "./languages/all.ts"
import { type LanguageWords, leftToRight } from "./languages/language.ts"
import { plainReason, type SaidEvidence } from "./reasons.ts"

/** A chat reads three reasons at most; the rest is in the web page and in `wadjet` reports. */
const reasonsMax = 3
/** A summary names this many hosts at most. */
export const summaryHostsMax = 5

export interface Saying {
  readonly language: Language
  readonly level: Level
  readonly url: string
  /** Evidence of the scan, heaviest first, with its words where it has any. */
  readonly evidence: ReadonlyArray<SaidEvidence>
  /** Whether an override decided, and not the scan. */
  readonly overridden: boolean
  readonly correction: boolean
  /** Without reasons. */
  readonly short: boolean
  /** The group's admins are mentioned with it. */
  readonly notifiesAdmins?: boolean
}

/** Which link is meant: its host, or its scheme where it names none, such as `data:`. */
const nameOf = (url: string): string => {
  const parsed = URL.parse(url)
  if (parsed === null) return defang(url)
  return parsed.hostname === "" ? `${parsed.protocol}…` : defang(parsed.hostname)
}

/** What is not set apart needs to be in a language that is written from right to left. */
const shownName = (url: string, { direction }: LanguageWords): string =>
  direction === "right-to-left" ? leftToRight(nameOf(url)) : nameOf(url)

const reasonsOf = ({ evidence, overridden }: Saying, words: LanguageWords): ReadonlyArray<string> =>
  overridden
    ? [words.denied]
    : evidence
        .map((it) => plainReason(it, words))
        .filter((it) => it !== undefined)
        .slice(0, reasonsMax)

/** The text of a notice. */
export const noticeText = (saying: Saying): string => {
  const words = languageWords[saying.language]
  const lines = [words.headline[saying.level](shownName(saying.url, words)), words.advice[saying.level]]
  const reasons = saying.short || saying.level === "benign" ? [] : reasonsOf(saying, words)
  if (reasons.length > 0) lines.push(words.because(reasons))
  if (saying.notifiesAdmins === true) lines.push(words.adminsNotified)
  if (saying.correction) lines.push(words.corrected)
  return lines.join("\n")
}

/** The text that tells what a mute silenced; of the URLs the first few are named. */
export const summaryText = (
  language: Language,
  counts: { readonly malicious: number; readonly suspicious: number },
  urls: ReadonlyArray<string>
): string => {
  const words = languageWords[language]
  const hosts = [...new Set(urls.map((url) => shownName(url, words)))].slice(0, summaryHostsMax)
  return words.summary({ ...counts, hosts })
}

/** The reaction that stands for a level where a reply would be too much. */
export const reactionOf: { readonly [L in Level]: string } = {
  malicious: "⛔",
  suspicious: "⚠️",
  benign: "✅"
}
