/** The result of a scan as a fact. */
import type { ChatId, LinkId, PersonId } from "../../contracts/ids.ts"
import { type Again, type FoundHop, type MissingEvidence, ScanCompleted } from "../../contracts/scan.ts"
import type { LinkSighting } from "../../contracts/message.ts"
import type { Evidence } from "./evidence.ts"
import { rangeOf } from "./rules/range.ts"
import { score } from "./rules/rule-set.ts"
import { wadjet } from "./rules/wadjet.ts"

/** What was scanned, for whom, and what was found. */
export interface Scanned {
  readonly link: LinkId
  readonly url: string
  readonly chat?: ChatId
  readonly sender?: PersonId
  readonly evidence: ReadonlyArray<Evidence>
  readonly missing: ReadonlyArray<MissingEvidence>
  readonly awaits?: ReadonlyArray<string>
  readonly past?: boolean
  readonly revises?: number
  readonly again?: Again
  readonly end?: LinkSighting
  readonly hops?: ReadonlyArray<FoundHop>
}

/** The evidence weighed, as a fact that holds from `now` on (milliseconds since the epoch). */
export const resultOf = (scanned: Scanned, now: number): ReturnType<typeof ScanCompleted> => {
  const { again, awaits = [], chat, end, evidence, hops, link, missing, past, revises, sender, url } = scanned
  const result = score(wadjet, evidence, missing)
  const range = rangeOf(wadjet, evidence, missing)
  return ScanCompleted({
    link,
    ...(chat === undefined ? {} : { chat }),
    ...(sender === undefined ? {} : { sender }),
    level: result.level,
    score: result.score,
    ...(result.probability === undefined ? {} : { probability: result.probability }),
    ruleSet: result.ruleSet,
    evidence: result.reasons.map(({ source, kind, weight }) => ({ source, kind, weight })),
    missing: result.missing,
    ...(range.least === range.most ? {} : { range }),
    ...(awaits.length === 0 ? {} : { awaits }),
    ...(past === true ? { past } : {}),
    ...(revises === undefined ? {} : { revises }),
    ...(end === undefined ? {} : { end }),
    ...(again === undefined ? {} : { again }),
    validUntil: now + result.validSeconds * 1_000,
    found: {
      url,
      details: result.reasons.map((reason) => reason.detail ?? null),
      ...(hops === undefined ? {} : { hops })
    }
  })
}
