/** Following links, and looking at the pages they lead to, as something that is asked about every link. */
import { Effect } from "effect"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import { follow, type FollowLimits } from "../../../infra/guarded-client/follow.ts"
import type { BrandIndex } from "../brand-index.ts"
import type { Evidence } from "../evidence.ts"
import { countOutside } from "../outside-counts.ts"
import { noReputation, type Outlook, type Outside } from "../outside.ts"
import type { KnownIcons } from "../page/brand-icons.ts"
import { lookAtPage } from "../page/look-at-page.ts"
import { trailOutlook } from "./trail-outlook.ts"

const asks = ["redirects", "page"]

/** What follows links says where a link is about to lead, each time that it learns of it. */
export interface Followed extends Outside {
  readonly look: <E>(
    url: string,
    heard: (evidence: ReadonlyArray<Evidence>) => Effect.Effect<void, E>,
    asking?: "sparingly",
    soFar?: (outlook: Outlook) => Effect.Effect<void, E>,
    toward?: (url: string) => Effect.Effect<void>
  ) => Effect.Effect<Outlook, E>
}

/** Links are followed. */
export const expansionOn = { asks, unasked: [noReputation] }

/** Nobody is asked where links lead. */
export const expansionOff: Followed = {
  asks: [],
  unasked: [...asks.map((source) => ({ source, reason: "WADJET_EXPAND is off" })), noReputation],
  look: () => Effect.succeed({ evidence: [], missing: [] })
}

export interface ExpansionOptions {
  readonly limits?: FollowLimits
  /** Icons of brands, beyond those that pages take from the brands' own sites. */
  readonly icons?: KnownIcons
  /** Brands that pages may name; left out, those that Wadjet knows from the start. */
  readonly brands?: BrandIndex | undefined
  /** Hears of each chain that was followed. */
  readonly count?: typeof countOutside
}

/** Follows links through a guarded client. */
export const expansion = (
  client: GuardedClientService,
  { brands, count = countOutside, icons, limits }: ExpansionOptions = {}
): Followed => ({
  ...expansionOn,
  look: (url, heard, _asking, _soFar, toward) =>
    Effect.gen(function* () {
      const trail = yield* follow(client, url, limits, toward)
      count({ count: "followed", end: trail.end.kind })
      const led = trailOutlook(trail)
      const page = yield* lookAtPage(trail, icons, brands)
      const evidence = [...led.evidence, ...page.evidence]
      if (evidence.length > 0) yield* heard(evidence)
      const outlook: Outlook = { ...led, evidence, missing: [...led.missing, ...page.missing] }
      return outlook
    })
})
