/** Where backups are kept: a directory or S3-compatible storage, the same to whoever ships. */
import { type Effect, Schema } from "effect"

/**
 * Why a place did not do what it was asked.
 * - `unreachable`: nothing answered, or the connection broke.
 * - `slow`: no answer within the limit.
 * - `refused`: it does not accept who asks, or has no such bucket or folder.
 * - `full`: it has no room.
 * - `lied`: it said that it stored something, and does not hold it.
 * - `failed`: anything else that it answered.
 */
export const PlaceFault = Schema.Literals(["unreachable", "slow", "refused", "full", "lied", "failed"])
export type PlaceFault = typeof PlaceFault.Type

export class PlaceFailed extends Schema.TaggedError<PlaceFailed>()("PlaceFailed", {
  place: Schema.String,
  operation: Schema.String,
  fault: PlaceFault,
  message: Schema.String
}) {}

export interface StoredObject {
  readonly key: string
  readonly bytes: number
}

export interface Place {
  readonly name: string
  /** Its address, without secrets. */
  readonly shown: string
  /**
   * Whether of two who put the same key at the same moment one is refused for certain. Storage that knows no conditions
   * is asked before it is given something, which leaves a moment in between.
   */
  readonly fenced: Effect.Effect<boolean, PlaceFailed>
  /** Stores an object that is not there yet; `taken` where one is, which stays as it is. */
  readonly putIfAbsent: (key: string, bytes: Uint8Array) => Effect.Effect<"stored" | "taken", PlaceFailed>
  /** Stores an object in the place of whatever is there; as far as the place has it in hand, nothing of that is left. */
  readonly replace: (key: string, bytes: Uint8Array) => Effect.Effect<void, PlaceFailed>
  readonly get: (key: string) => Effect.Effect<Buffer | undefined, PlaceFailed>
  /** The objects whose keys start with a prefix, in the order of their keys; only those behind a key, where one is named. */
  readonly list: (prefix: string, after?: string) => Effect.Effect<ReadonlyArray<StoredObject>, PlaceFailed>
  readonly remove: (key: string) => Effect.Effect<void, PlaceFailed>
  /**
   * Destroys what somebody who was killed had begun to store under a prefix: it may hold keys that were destroyed since.
   * Absent where nothing is there before it is whole.
   */
  readonly discardUnfinished?: (prefix: string) => Effect.Effect<void, PlaceFailed>
  /**
   * Whether it keeps what was replaced or deleted as older versions, from which nobody can be forgotten; undefined where
   * it does not say. Absent where there are no versions.
   */
  readonly keepsVersions?: Effect.Effect<boolean | undefined, PlaceFailed>
  /** The time of day there, in milliseconds since the epoch; absent where it has no clock but this machine's. */
  readonly clock?: Effect.Effect<number, PlaceFailed>
}

/** Keys are parts of letters, digits, `.`, `_` and `-`, apart by slashes; no part begins with a dot. */
export const isKey = (key: string): boolean => /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/.test(key)

export const oneByKey = (one: StoredObject, other: StoredObject): number =>
  one.key < other.key ? -1 : one.key > other.key ? 1 : 0
