import { chatExport } from "./chat-export.ts"
import { guard } from "./guard-operation.ts"
import { canonicalizeUrl, extract, publicSuffixOfHost, unwrapLink } from "./link-operations.ts"
import type { BatchOperation } from "./operation.ts"
import { retainSnapshots } from "./retain-operation.ts"
import { classifyUrl, lookAlikeHost, safeBrowsing, scoreEvidence } from "./scan-operations.ts"
import { occurrences } from "./schedule-operations.ts"

/** The operations of `wadjet batch`, by the name they are asked for. A new one is one line here. */
export const operations: Readonly<Record<string, BatchOperation>> = {
  extract,
  canonicalize: canonicalizeUrl,
  unwrap: unwrapLink,
  "safe-browsing": safeBrowsing,
  guard,
  "public-suffix": publicSuffixOfHost,
  lookalike: lookAlikeHost,
  classify: classifyUrl,
  score: scoreEvidence,
  occurrences,
  retain: retainSnapshots,
  "chat-export": chatExport
}
