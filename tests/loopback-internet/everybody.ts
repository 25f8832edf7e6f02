/** The product's own sources, all of them, and following links, over a loopback internet. */
import { join } from "node:path"
import { Effect, Redacted } from "effect"
import { expansion } from "../../actors/scan/expand/expand.ts"
import { openQuotaLedger } from "../../actors/scan/sources/quota-ledger.ts"
import { type SourceChoice, sourcesOf } from "../../actors/scan/sources/known-sources.ts"
import { outsideWith } from "../../actors/scan/sources/sources.ts"
import type { GuardedClientService } from "../../infra/guarded-client/client.ts"

const key = Redacted.make("a-key")

const everybody: SourceChoice = {
  safeBrowsing: key,
  urlhaus: key,
  virusTotal: key,
  phishTank: key,
  urlscan: key,
  keyless: true,
  certificates: true
}

/** Everything outside, with the quotas of a data folder. */
export const askEverybody = Effect.fn("askEverybody")(function* (
  client: GuardedClientService,
  dataFolder: string
) {
  const ledger = yield* openQuotaLedger(join(dataFolder, "sources.db"))
  return outsideWith(expansion(client), sourcesOf(everybody), client, ledger)
})
