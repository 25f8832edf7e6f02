/** Looking hashes up in the lists of Safe Browsing, in whichever thread. */
import { type Hashes, hashesOver, type SharedHashes } from "./hashes.ts"
import type { ListTimes } from "./list-file.ts"
import { likelySafeList, type ListName, threatLists } from "./list-names.ts"
import { staleness } from "./list-state.ts"

export interface ListLookup {
  /** Whether a hash begins as one on a list of threats does: no evidence, but a reason to ask. */
  readonly isSuspect: (hash: Buffer) => boolean
  /** Whether a hash is on the list of what is likely to be harmless, as far as that can be believed. */
  readonly isLikelySafe: (hash: Buffer, now: number) => boolean
  /** Why not being on the lists of threats says nothing; undefined where it does. */
  readonly missing: (now: number) => string | undefined
}

/** What is known of the lists at a time. */
export interface ListsNow {
  readonly held: ReadonlyMap<ListName, { readonly hashes: Hashes }>
  readonly times: ReadonlyMap<ListName, ListTimes>
  readonly problems: ReadonlyMap<ListName, string>
}

/** The same as another thread is given it: the hashes are not copied. */
export interface SharedLists {
  readonly held: ReadonlyMap<ListName, SharedHashes>
  readonly times: ReadonlyMap<ListName, ListTimes>
  readonly problems: ReadonlyMap<ListName, string>
}

export const sharedLists = ({ held, problems, times }: ListsNow): SharedLists => ({
  held: new Map([...held].map(([name, { hashes }]) => [name, hashes.shared])),
  times,
  problems
})

export const listsOver = ({ held, problems, times }: SharedLists): ListsNow => ({
  held: new Map([...held].map(([name, shared]) => [name, { hashes: hashesOver(shared) }])),
  times,
  problems
})

/** Looks up in what is known when it is asked. */
export const lookUpIn = (now: () => ListsNow): ListLookup => {
  const isOn = (name: ListName, hash: Buffer): boolean => now().held.get(name)?.hashes.has(hash) === true
  const staleAt = (name: ListName, at: number) => {
    const { held, times } = now()
    return staleness(times.get(name), held.has(name), at)
  }
  return {
    isSuspect: (hash) => threatLists.some((name) => isOn(name, hash)),
    isLikelySafe: (hash, at) => staleAt(likelySafeList, at) === undefined && isOn(likelySafeList, hash),
    missing: (at) => {
      for (const name of threatLists) {
        const why = staleAt(name, at)
        const problem = now().problems.get(name)
        if (why !== undefined) return `its list ${name} ${why}${problem === undefined ? "" : ` (${problem})`}`
      }
      return undefined
    }
  }
}
