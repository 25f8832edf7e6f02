/** What the log was told of lists and services last, and when ids of links changed. */
import type { SourceState } from "../../../contracts/source.ts"
import { collection } from "../../../infra/actor/collection.ts"

export interface Told {
  /** Of the list as the log knows it; absent for one that was never there. */
  readonly digest?: string
  /** Why it could not be fetched the last time; absent where it could. */
  readonly failed?: string
}

/** By the name of a list. */
export const feeds = collection<Told>("feed")
/** By the name of a service. */
export const sources = collection<SourceState>("source")
/** `last`: when somebody was forgotten last. Links from before have ids that nobody can make any more. */
export const erasures = collection<number>("erasure")
