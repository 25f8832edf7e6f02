/** Evidence in plain words, for people who know nothing of URLs: the words are in `languages/`. */
import { unclickable } from "../../contracts/link/unclickable.ts"
import { isolated, type LanguageWords } from "./languages/language.ts"

/** A piece of evidence as a chat may be told of it. */
export interface SaidEvidence {
  readonly source: string
  readonly kind: string
  readonly detail: string | null
}

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
