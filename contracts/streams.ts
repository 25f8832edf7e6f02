/** The streams and buckets, as data. What they need of the server is checked and made at start. */

export interface StreamDefinition {
  readonly name: string
  readonly subjects: ReadonlyArray<string>
  readonly about: string
  /** Nothing is ever purged or deleted, so that sequences are contiguous and a hole is damage. */
  readonly immutable: boolean
  /** Takes several messages as one commit. */
  readonly atomic: boolean
  /** How long the server recognises a repeated message id. Later repeats are recognised by the folds. */
  readonly duplicateWindowSeconds: number
}

export const eventStream: StreamDefinition = {
  name: "WADJET_EVENTS",
  subjects: ["evt.>"],
  about: "the facts, in one total order: the only truth",
  immutable: true,
  atomic: true,
  duplicateWindowSeconds: 120
}

export const streams: ReadonlyArray<StreamDefinition> = [eventStream]

/** The key-value bucket that says which process owns an actor. */
export const leaseBucket = "WADJET_LEASES"

/** The key-value bucket that says where each group of workers is. */
export const placeBucket = "WADJET_PLACES"
