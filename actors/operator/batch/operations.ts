import { chatExport } from "./chat-export.ts"
import { canonicalizeUrl, extract, publicSuffixOfHost } from "./link-operations.ts"
import type { BatchOperation } from "./operation.ts"
import { classifyUrl, lookAlikeHost, scoreEvidence } from "./scan-operations.ts"

/** The operations of `wadjet batch`, by the name they are asked for. A new one is one line here. */
export const operations: Readonly<Record<string, BatchOperation>> = {
  extract,
  canonicalize: canonicalizeUrl,
  "public-suffix": publicSuffixOfHost,
  lookalike: lookAlikeHost,
  classify: classifyUrl,
  score: scoreEvidence,
  "chat-export": chatExport
}
