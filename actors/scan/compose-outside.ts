/** Everything outside that is chosen, with the quotas of a data folder. */
import { join } from "node:path"
import { Effect } from "effect"
import type { GuardedClientService } from "../../infra/guarded-client/client.ts"
import type { BrandIndex } from "./brand-index.ts"
import { expansion, expansionOff, expansionOn } from "./expand/expand.ts"
import type { Outside } from "./outside.ts"
import type { OutsideCount } from "./outside-counts.ts"
import type { KnownIcons } from "./page/brand-icons.ts"
import type { SourceNews } from "./sources/ask-source.ts"
import { type SourcesHere, type SourceChoice, sourcesOf } from "./sources/known-sources.ts"
import { openQuotaLedger } from "./sources/quota-ledger.ts"
import { outsideWith, whoIsAsked } from "./sources/sources.ts"

/** What may be asked about links outside. */
export interface Asking {
  /** Whether links are followed to where they lead. */
  readonly expand: boolean
  /** Names of brands by the SHA-256 of their icons, in hexadecimal. */
  readonly icons: KnownIcons
  /** Brands that may be imitated. */
  readonly brands: BrandIndex
  readonly sources: SourceChoice
}

/** Who hears what happens while it is asked; left out, the metrics and nobody. */
export interface Hearing {
  readonly tell?: (news: SourceNews) => void
  readonly count?: (it: OutsideCount) => void
}

/** Where the quotas are kept. */
export const ledgerIn = (dataFolder: string): string => join(dataFolder, "sources.db")

/** What asks, in the thread that this runs in. */
export const composeOutside = Effect.fn("composeOutside")(function* (
  dataFolder: string,
  { brands, expand, icons, sources }: Asking,
  client: GuardedClientService,
  here: SourcesHere = {},
  { count, tell }: Hearing = {}
) {
  const ledger = yield* openQuotaLedger(ledgerIn(dataFolder))
  const followed = expand
    ? expansion(client, { brands, icons, ...(count === undefined ? {} : { count }) })
    : expansionOff
  return outsideWith(followed, sourcesOf(sources, { ...here, brands }), client, ledger, tell, count)
})

/** Whom that asks, and what they say without being asked, in any thread. */
export const askedBy = (
  { expand, sources }: Pick<Asking, "expand" | "sources">,
  client: Pick<GuardedClientService, "judge">,
  here: SourcesHere = {}
): Omit<Outside, "look"> => whoIsAsked(expand ? expansionOn : expansionOff, sourcesOf(sources, here), client)
