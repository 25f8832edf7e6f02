/** Named collections of an actor's state. */

/**
 * A keyed collection of small JSON values: `const sightings = collection<Sighting>("sighting")`.
 * Keys are joined tokens; an actor may walk all keys that start alike.
 */
export interface Collection<V> {
  readonly name: string
  readonly "~value"?: V
}

export const collection = <V>(name: string): Collection<V> => ({ name })

/** Joins the parts of a key. No token of ours contains a slash. */
export const keyOf = (...parts: ReadonlyArray<string | number>): string => parts.join("/")
