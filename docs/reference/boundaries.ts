/** How the reference says what `contracts/contexts.ts` declares. */
import type { BoundaryRule, ContextDefinition } from "../../contracts/contexts.ts"

/** The boundary token of a subject, in words. */
export const boundaryWords: { readonly [Rule in BoundaryRule]: string } = {
  main: "`main`: one boundary for all",
  chat: "the chat",
  "chat-or-all": "the chat, or `all`",
  "link-shard": "the first byte of the link id: one of 256 shards",
  job: "the job",
  "contact-shard": "six bits of the contact id: one of 64 shards",
  source: "the name of the source"
}

/** The boundary token as a placeholder in a subject. */
export const boundaryPlaceholder: { readonly [Rule in BoundaryRule]: string } = {
  main: "main",
  chat: "<chat>",
  "chat-or-all": "<chat or all>",
  "link-shard": "<shard>",
  job: "<job>",
  "contact-shard": "<shard>",
  source: "<source>"
}

/** What a writer expects of the log when it appends. */
export const expectationWords: { readonly [Kind in ContextDefinition["expectation"]]: string } = {
  boundary: "the last sequence of the boundary that the writer has folded; a stale writer is refused",
  none: "none: ids are deterministic, and folds pass over a repeat"
}
