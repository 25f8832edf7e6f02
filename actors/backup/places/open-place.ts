/** From where the settings say that a place is, to the place. */
import { Effect, type Scope } from "effect"
import { directoryPlace } from "./directory-place.ts"
import type { Place } from "./place.ts"
import { s3Place } from "./s3-place.ts"
import type { S3Address } from "./s3-request.ts"

export type PlaceAddress = {
  readonly name: string
  /** Without secrets, for people. */
  readonly shown: string
  /** The shortest time between two segments. */
  readonly everyMillis: number
} & ({ readonly kind: "directory"; readonly path: string } | ({ readonly kind: "s3" } & S3Address))

/** Opens a place until the scope closes. Nothing is asked of it yet. */
export const openPlace = (address: PlaceAddress): Effect.Effect<Place, never, Scope.Scope> =>
  address.kind === "directory"
    ? Effect.sync(() => directoryPlace(address.name, address.path))
    : s3Place(address.name, address)
