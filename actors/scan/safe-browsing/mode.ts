/**
 * The modes of Safe Browsing, which differ in what is kept on this machine and what the service is asked.
 *
 * @see https://developers.google.com/safe-browsing/reference
 */
import { Effect, type Scope } from "effect"
import { type HashLists, keepListsFresh, type ListPlace, openHashLists } from "./lists/hash-lists.ts"
import type { ListLookup } from "./lists/look-up-lists.ts"

/**
 * `local-list`: what begins as something on a list of threats does is asked about. `real-time`: everything is, but what
 * is on a list of what is likely to be harmless, and of that, as with `local-list`. `no-storage`: everything is.
 */
export type SafeBrowsingMode = "local-list" | "real-time" | "no-storage"

/** A mode with lists on this machine. */
export interface LocalLists<Lists extends ListLookup = ListLookup> {
  readonly mode: Exclude<SafeBrowsingMode, "no-storage">
  readonly lists: Lists
}

/** Opens the lists of a mode, and keeps them fresh until the scope is closed. Waits for nothing: they come later. */
export const openLocalLists = (
  place: ListPlace,
  mode: SafeBrowsingMode,
  changed?: () => void
): Effect.Effect<LocalLists<HashLists> | undefined, never, Scope.Scope> => {
  if (mode === "no-storage") return Effect.succeed(undefined)
  const lists = openHashLists(place, mode === "real-time", changed)
  return Effect.as(Effect.forkScoped(keepListsFresh(lists)), { mode, lists })
}
