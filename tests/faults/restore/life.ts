/** What a process that will be killed is told, and where it copies its log to. */
import { Effect, Redacted } from "effect"
import type { PlaceAddress } from "../../../actors/backup/places/open-place.ts"
import type { S3Address } from "../../../actors/backup/places/s3-request.ts"
import type { Copying } from "../../../actors/operator/run-backup.ts"
import { zoneOf } from "../../../actors/backup/retention/calendar.ts"
import { plainPacing } from "../../../actors/whatsapp/pacing/limits.ts"

/** Where a place is, as it can be told to another process. */
export type PlaceWords =
  | { readonly kind: "directory"; readonly path: string }
  | ({ readonly kind: "s3"; readonly secret: string } & Omit<S3Address, "secretKey">)

export interface Life {
  readonly dataFolder: string
  readonly place: PlaceWords
  readonly recipient: string
  /** The file that those outside keep of what they are asked about links. */
  readonly asked: string
}

/** As a place is copied to where nothing is said of it. */
const everyMillis = 500

/** The name of the place in the settings. */
export const placeName = "kept"

export const addressOf = (words: PlaceWords): PlaceAddress => {
  const named = { name: placeName, everyMillis }
  if (words.kind === "directory") return { ...named, shown: words.path, ...words }
  const { secret, ...address } = words
  return { ...named, shown: address.endpoint, ...address, secretKey: Redacted.make(secret) }
}

export const copyingTo = (place: PlaceWords, recipient: string): Copying => ({
  places: [addressOf(place)],
  recipients: [recipient],
  policy: { counts: { hourly: -1 }, within: {} },
  zone: zoneOf("UTC")!,
  packing: "zst",
  verify: () => Effect.fail({ _tag: "NotHere", message: "nothing is checked here" })
})

/** Fast enough that pacing is never what is waited for. */
export const pacing = plainPacing({ overallPerMinute: 600_000, chatPerMinute: 600_000, burst: 1_000 })
