import type { BrandIndex } from "../../scan/brand-index.ts"
import { chatExport } from "./chat-export.ts"
import { guard } from "./guard-operation.ts"
import { canonicalizeUrl, extract, publicSuffixOfHost, unwrapLink } from "./link-operations.ts"
import type { BatchOperation } from "./operation.ts"
import { retainSnapshots } from "./retain-operation.ts"
import { classifyUrl, lookAlikeHost, safeBrowsing, scoreEvidence } from "./scan-operations.ts"
import { occurrences } from "./schedule-operations.ts"

/**
 * The operations of `wadjet batch`, by the name they are asked for. A new one is one line here. Brands are those of
 * `brands`; left out, those that Wadjet knows from the start.
 */
export const operationsWith = (brands?: BrandIndex): Readonly<Record<string, BatchOperation>> => ({
  extract,
  canonicalize: canonicalizeUrl,
  unwrap: unwrapLink,
  "safe-browsing": safeBrowsing,
  guard,
  "public-suffix": publicSuffixOfHost,
  lookalike: lookAlikeHost(brands),
  classify: classifyUrl(brands),
  score: scoreEvidence,
  occurrences,
  retain: retainSnapshots,
  "chat-export": chatExport
})

export const operations = operationsWith()
