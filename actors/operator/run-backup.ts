/** From the settings of backups to the actor that makes them. */
import { Effect } from "effect"
import * as DateTime from "effect/DateTime"
import type { Config } from "../../infra/config/settings.ts"
import type { BackupOptions } from "../backup/actor.ts"
import type { PlaceAddress } from "../backup/places/open-place.ts"
import { zoneOf } from "../backup/retention/calendar.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { verifyBeside } from "./verify-beside.ts"

/** What is to be copied where; the data folder is known to whoever runs it. */
export type Copying = Omit<BackupOptions, "dataFolder">

/** The places of the settings, each with the keys that it needs. */
export const placesOf = Effect.fn("placesOf")(function* ({ backupKeys, backupPlaces }: Config) {
  return yield* Effect.forEach(backupPlaces, ({ where, ...place }) => {
    if (where.kind === "directory") return Effect.succeed<PlaceAddress>({ ...place, ...where })
    const keys = backupKeys.get(place.name)
    return keys === undefined
      ? Effect.fail(
          new OperatorFailed({
            what: `The place ${place.name} for backups cannot be used`,
            why: `expected keys for ${place.shown} in WADJET_BACKUP_KEYS, found none for ${place.name}`,
            next: `Set WADJET_BACKUP_KEYS, or the file that WADJET_BACKUP_KEYS_FILE names, to ${place.name}=ACCESS-KEY:SECRET-KEY.`
          })
        )
      : Effect.succeed<PlaceAddress>({ ...place, ...where, ...keys })
  })
})

/** Who keeps what, as the actor has it. */
const keepingOf = ({ backupKeep: { zone, ...counts } }: Config) => ({
  policy: { counts, within: {} },
  zone: zoneOf(zone) ?? DateTime.zoneMakeOffset(0)
})

/** What the settings want copied, or `undefined` where they name no place. */
export const copyingOf = Effect.fn("copyingOf")(function* (config: Config) {
  const places = yield* placesOf(config)
  if (places.length === 0) return undefined
  const { backupRecipients: recipients } = config
  if (recipients.length === 0)
    return yield* new OperatorFailed({
      what: "Backups cannot be made",
      why: "expected somebody in WADJET_BACKUP_RECIPIENTS who can open them, found nobody",
      next: "Make an identity with `age-keygen`, keep it away from this machine, and set WADJET_BACKUP_RECIPIENTS to its public half, age1…"
    })
  const host = yield* Host
  const packing = config.backupPoints
  return { places, recipients, packing, ...keepingOf(config), verify: verifyBeside(host) } satisfies Copying
})
