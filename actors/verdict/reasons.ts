/** Evidence in plain words, for people who know nothing of URLs: the words are in `languages/`. */
import { isolated, type LanguageWords } from "./languages/language.ts"

/** A piece of evidence as a chat may be told of it. */
export interface SaidEvidence {
  readonly source: string
  readonly kind: string
  readonly detail: string | null
}

/** Details come from the log, perhaps of an older version: whatever they name, nothing of it can be clicked. */
const unclickable = (detail: string): string =>
  detail
    .replaceAll(/http(?=s?:\/\/)/giu, "hxxp")
    .replaceAll(/(?<=[^\s[])[.。．｡](?=[^\s\]])/gu, "[.]")
    // An address of IPv6 needs no dot to be a link.
    .replaceAll(/[\p{L}\p{N}]*:[\p{L}\p{N}]*:[\p{L}\p{N}:]*/gu, (it) => it.replaceAll(":", "[:]"))
    // What is set apart must not be let out again by what stands in it.
    .replaceAll(/[\u202A-\u202E\u2066-\u2069]/gu, "")

/** Evidence whose detail says whom it imitates. */
const isImitation = ({ kind, source }: SaidEvidence): boolean =>
  source === "look-alike" || (source === "page" && kind.startsWith("brand-"))

/** The log has names for look-alikes that rule sets no longer use. */
const earlierKinds = ({ source }: SaidEvidence, words: LanguageWords): string | undefined =>
  source === "look-alike" ? (words.reasons["look-alike.high"] ?? undefined) : undefined

/** The words for one piece of evidence, or `undefined` where a chat needs none. */
export const plainReason = (evidence: SaidEvidence, words: LanguageWords): string | undefined => {
  const { detail, kind, source } = evidence
  const reason = words.reasons[`${source}.${kind}`] ?? earlierKinds(evidence, words)
  return reason !== undefined && detail !== null && isImitation(evidence)
    ? words.with(reason, isolated(unclickable(detail)))
    : reason
}
