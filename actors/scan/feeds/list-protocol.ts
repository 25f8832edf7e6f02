/** What a list's thread is given, and what it says. */
import type { Listing } from "./feed-line.ts"

/** The `workerData` of the thread. */
export interface ListInput {
  /** The slots of the table that is in use, shared, and how many of them are taken. */
  readonly slots: SharedArrayBuffer
  readonly taken: number
  /** The feed's place among the feeds. */
  readonly index: number
  readonly day: number
}

/** A list as it was read: the slots of the table that takes the place of the other, and what changed. */
export interface ReadList {
  readonly slots: SharedArrayBuffer
  readonly taken: number
  readonly listed: number
  readonly added: number
  readonly gone: number
  readonly digest: string
}

/** Bytes of the list in their order, and that there are no more. */
export type ThreadHears = Uint8Array<ArrayBuffer> | "end"

export type ThreadSays =
  | { readonly say: "took" }
  | { readonly say: "added"; readonly listings: ReadonlyArray<Listing> }
  | { readonly say: "read"; readonly list: ReadList }
