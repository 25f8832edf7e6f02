/**
 * Where each group of workers is in the log, kept in a bucket of its own. The server holds a group in memory, for it would
 * sync what it knows of one up to ten times a second, beside the appends that somebody waits for; so a group that went
 * down with its server goes on from here.
 */
import { JetStreamApiError } from "@nats-io/jetstream"
import { type KV, Kvm } from "@nats-io/kv"
import { Option, Schema } from "effect"
import { placeBucket } from "../../contracts/streams.ts"
import type { NatsService } from "../nats/connection.ts"

/** A group has settled everything up to a sequence of what some subject filters let through. */
export interface GroupPlace {
  readonly sequence: number
  readonly filters: ReadonlyArray<string>
}

/** Of another generation a place says nothing: its numbers are those of another history. */
const Kept = Schema.Struct({
  generation: Schema.String,
  sequence: Schema.Int,
  filters: Schema.Array(Schema.String)
})

const encodeKept = Schema.encodeSync(Schema.fromJsonString(Kept))
const decodeKept = Schema.decodeUnknownOption(Schema.fromJsonString(Kept))

const streamNotFound = 10059

/** The places of a generation's groups. What is asked of it fails as the server does. */
export interface GroupPlaces {
  readonly of: (group: string) => Promise<GroupPlace | undefined>
  readonly keep: (group: string, place: GroupPlace) => Promise<void>
}

const placeIn = async (bucket: KV, generation: string, group: string): Promise<GroupPlace | undefined> => {
  const entry = await bucket.get(group)
  if (entry === null || entry.operation !== "PUT") return undefined
  const kept = Option.getOrUndefined(decodeKept(entry.string()))
  return kept?.generation === generation ? kept : undefined
}

/** Makes the bucket where it is missing. */
export const openGroupPlaces = async (
  { jetstream }: NatsService,
  generation: string
): Promise<GroupPlaces> => {
  const bucket = await new Kvm(jetstream).create(placeBucket, { history: 1 })
  return {
    of: (group) => placeIn(bucket, generation, group),
    keep: async (group, { filters, sequence }) => {
      await bucket.put(group, encodeKept({ generation, sequence, filters }))
    }
  }
}

/** All of them by the name of their group, and none where no group was kept yet. Writes nothing. */
export const groupPlacesIn = async (
  { jetstream, manager }: NatsService,
  generation: string
): Promise<ReadonlyMap<string, GroupPlace>> => {
  const places = new Map<string, GroupPlace>()
  try {
    await manager.streams.info(`KV_${placeBucket}`)
  } catch (cause) {
    if (cause instanceof JetStreamApiError && cause.code === streamNotFound) return places
    throw cause
  }
  const bucket = await new Kvm(jetstream).open(placeBucket)
  for await (const group of await bucket.keys()) {
    const place = await placeIn(bucket, generation, group)
    if (place !== undefined) places.set(group, place)
  }
  return places
}
