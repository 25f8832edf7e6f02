/** Weighing a link that leads somewhere else: by what it is, and by what it leads to. */
import { builtInBrands } from "./brand-index.ts"
import { localEvidence } from "./classify.ts"
import { type Evidence, evidenceName } from "./evidence.ts"
import { type Lists, noLists } from "./lists.ts"
import type { Outlook } from "./outside.ts"
import { wadjet } from "./rules/wadjet.ts"

/** Whether a kind of evidence makes a link look better. */
export const speaksFor = (evidence: Evidence): boolean =>
  (wadjet.weights[evidenceName(evidence)]?.weight ?? 0) < 0

const without = (some: ReadonlyArray<Evidence>, others: ReadonlyArray<Evidence>): ReadonlyArray<Evidence> => {
  const names = new Set(others.map(evidenceName))
  return some.filter((evidence) => !names.has(evidenceName(evidence)))
}

/** What is said of both ends, or of one of them before the other is known, is one thing. */
const once = (evidence: ReadonlyArray<Evidence>): ReadonlyArray<Evidence> =>
  evidence.filter((each, at) => evidence.findIndex((it) => evidenceName(it) === evidenceName(each)) === at)

/**
 * A link's own evidence and what was learnt outside. What speaks against a link counts at either of its ends, once; what
 * speaks for it only where it holds at both: an open redirect of a bank makes a fraud no safer, nor does a fraud that
 * sends scanners on to a search engine.
 */
export const combined = (
  own: ReadonlyArray<Evidence>,
  outlook: Outlook,
  lists: Lists = noLists,
  brands = builtInBrands()
): ReadonlyArray<Evidence> => {
  const learnt = once(outlook.evidence)
  if (outlook.end === undefined) return [...own, ...without(learnt, own)]
  const there = [...localEvidence(outlook.end, brands), ...lists.lookUp(outlook.end)]
  const names = new Set(there.map(evidenceName))
  const kept = own.filter((evidence) => !speaksFor(evidence) || names.has(evidenceName(evidence)))
  const added = without(
    there.filter((evidence) => !speaksFor(evidence)),
    kept
  )
  return [...kept, ...added, ...without(learnt, [...kept, ...added])]
}
