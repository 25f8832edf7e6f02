/** A webhook as the API and the command line show it: with its URL, and never with its secret. */
import type { Effect } from "effect"
import type { ManagedWebhooks } from "./managed.ts"

export type ShownWebhook = Effect.Success<ManagedWebhooks["list"]>[number]

export const webhookView = (one: ShownWebhook) => {
  const { at, contexts, createdAt, events, failures, generation, label, on, reason, sequence } = one
  return {
    webhook: one.webhook,
    url: one.target?.url ?? null,
    contexts,
    events,
    words: one.words,
    label,
    on,
    reason,
    createdAt,
    generation,
    sequence,
    failures,
    failingSince: at?.failingSince ?? null,
    nextAt: at?.nextAt ?? null,
    waiting: at?.waiting ?? null,
    formerSecretUntil: one.target?.former?.until ?? null
  }
}
