/** Following links as something that is asked about every link. */
import { Effect } from "effect"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import { follow, type FollowLimits } from "../../../infra/guarded-client/follow.ts"
import { metrics } from "../../../infra/telemetry/metrics.ts"
import { noReputation, type Outside } from "../outside.ts"
import { trailOutlook } from "./trail-outlook.ts"

const source = "redirects"

/** Nobody is asked where links lead. */
export const expansionOff: Outside = {
  asks: [],
  unasked: [{ source, reason: "links are not followed (WADJET_EXPAND is off)" }, noReputation],
  look: () => Effect.succeed({ evidence: [], missing: [] })
}

/** Follows links through a guarded client. */
export const expansion = (client: GuardedClientService, limits?: FollowLimits): Outside => ({
  asks: [source],
  unasked: [noReputation],
  look: (url) =>
    Effect.map(follow(client, url, limits), (trail) => {
      metrics.expanded.inc({ end: trail.end.kind })
      return trailOutlook(trail)
    })
})
