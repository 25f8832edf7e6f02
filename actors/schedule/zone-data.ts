/** The tz database by which jobs are planned: that of this process, unless a test says otherwise. */
import { Context } from "effect"
import { type Zone, zoneOf } from "./recurrence/zone.ts"

export interface Zones {
  /** Such as `2026a`. */
  readonly version: string
  readonly zoneOf: (name: string) => Zone | undefined
}

/** What Node brings with ICU. */
export const zonesOfNode: Zones = { version: process.versions.tz ?? "unknown", zoneOf }

export const ZoneData = Context.Reference<Zones>("wadjet/schedule/ZoneData", {
  defaultValue: () => zonesOfNode
})
