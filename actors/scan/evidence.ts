/**
 * One thing a source found out about a link. What it is worth is not the source's business: the rule set
 * fills in `weight`, so the same evidence can be weighed again under another rule set.
 */
export interface Evidence {
  /** Who says so: `structure`, `look-alike`, `safe-browsing`, … */
  readonly source: string
  /** What it says: `ip-literal`, `listed`, … unique within its source. */
  readonly kind: string
  /** Decibans, 10·log10 of the likelihood ratio (points in the classic rule set). Set by the rule set. */
  readonly weight?: number
  /** What exactly was seen, for the person who asks why. Never a clickable URL. */
  readonly detail?: string
}

/** The name under which rule sets and overrides know a piece of evidence: `structure.ip-literal`. */
export const evidenceName = ({ source, kind }: Evidence): string => `${source}.${kind}`
