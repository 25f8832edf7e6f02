/** The lists of Safe Browsing on this machine: read from disk, fetched when they are due, looked up at any time. */
import { Clock, Effect, Random, type Redacted } from "effect"
import type { GuardedClientService } from "../../../../infra/guarded-client/client.ts"
import { metrics } from "../../../../infra/telemetry/metrics.ts"
import { fetchLists, ListsUnfetched } from "./fetch-lists.ts"
import type { ListUpdate } from "./list-answer.ts"
import { type ListTimes, readList, readTimes, writeList, writeTimes } from "./list-file.ts"
import { likelySafeList, type ListName, threatLists } from "./list-names.ts"
import { afterAnswer, afterFailure, applied, type HeldList } from "./list-state.ts"
import { type ListLookup, lookUpIn, type SharedLists, sharedLists } from "./look-up-lists.ts"

/** A service that says at once that there is more is believed as often as this. */
const roundsMax = 16
const moreMillis = 60_000

export interface HashLists extends ListLookup {
  /** What the hashes take in memory, in bytes. */
  readonly bytes: () => number
  /** Reads what was fetched before, the first time, and fetches what is due. Never fails: what fails is missing. */
  readonly refresh: Effect.Effect<void>
  /** What is known of them now, for another thread. */
  readonly shared: () => SharedLists
  /** When the next list is due, in milliseconds since 1970. */
  readonly dueAt: () => number
}

/** Whom to ask, and where the lists are kept. */
export interface ListPlace {
  readonly client: GuardedClientService
  readonly key: Redacted.Redacted
  /** Of the service; without a slash at its end. */
  readonly base: string
  readonly folder: string
}

/** Opens the lists of threats, and, for real-time mode, the one of what is likely to be harmless. */
export const openHashLists = (
  { base, client, folder, key }: ListPlace,
  isRealTime: boolean,
  /** Is called whenever there is something else to be known of them. */
  changed: () => void = () => {}
): HashLists => {
  const names: ReadonlyArray<ListName> = isRealTime ? [...threatLists, likelySafeList] : threatLists
  const held = new Map<ListName, HeldList>()
  let times = new Map<ListName, ListTimes>()
  /** Those whose hashes were found to be others than the service's: nothing of them is to be changed, all is fetched. */
  const whole = new Set<ListName>()
  const problems = new Map<ListName, string>()
  let isRead = false

  const tell = (name: ListName) => {
    metrics.hashListSize.set({ list: name }, held.get(name)?.head.size ?? 0)
    metrics.hashListChecked.set({ list: name }, (times.get(name)?.checkedAt ?? 0) / 1_000)
    changed()
  }

  const read = async () => {
    times = await readTimes(folder)
    for (const name of names) {
      const found = await readList(folder, name)
      if (found !== undefined) held.set(name, found)
      tell(name)
    }
    isRead = true
  }

  /** A list that is not here, or not as it should be, is due whatever was said before. */
  const dueOf = (name: ListName): number => {
    const known = times.get(name)
    if (known === undefined) return 0
    return held.has(name) || known.failures > 0 ? known.dueAt : 0
  }

  const failed = Effect.fnUntraced(function* (
    which: ReadonlyArray<ListName>,
    { answered, message }: ListsUnfetched
  ) {
    const now = yield* Clock.currentTimeMillis
    const lot = yield* Random.next
    for (const name of which) {
      times.set(name, afterFailure(times.get(name), answered, now, lot))
      problems.set(name, message)
    }
    yield* Effect.logWarning("lists of Safe Browsing could not be fetched, and stay as they were", {
      lists: which.join(" "),
      error: message
    })
  })

  /** What cannot be written is fetched again after the next start. */
  const keep = (write: () => Promise<void>) =>
    Effect.catch(Effect.tryPromise(write), ({ cause }) =>
      Effect.logWarning("lists of Safe Browsing could not be written", { folder, error: String(cause) })
    )

  const take = Effect.fnUntraced(function* (name: ListName, update: ListUpdate) {
    const result = yield* Effect.promise(() => applied(name, held.get(name), update))
    if (result.kind === "damaged") {
      const wasWhole = whole.has(name) || !held.has(name)
      whole.add(name)
      // Changes that lead to something else are no fault of the service: all of the list is fetched at once.
      return wasWhole
        ? yield* failed([name], new ListsUnfetched({ answered: true, message: result.why }))
        : undefined
    }
    if (result.kind === "changed") {
      held.set(name, result.held)
      const { hashes, head } = result.held
      yield* keep(() => writeList(folder, head, hashes))
    } else held.set(name, { ...held.get(name)!, head: result.head })
    whole.delete(name)
    problems.delete(name)
    times.set(name, afterAnswer(update, yield* Clock.currentTimeMillis))
    return undefined
  })

  const fetchThose = Effect.fnUntraced(function* (due: ReadonlyArray<ListName>) {
    const wanted = due.map((name) => ({
      name,
      version: whole.has(name) ? undefined : held.get(name)?.head.version
    }))
    const updates = yield* fetchLists(client, key, base, wanted)
    for (const name of due)
      yield* take(
        name,
        updates.find((update) => update.name === name)!
      )
  })

  const refresh = Effect.gen(function* () {
    if (!isRead) yield* Effect.promise(read)
    for (let round = 0; round < roundsMax; round++) {
      const now = yield* Clock.currentTimeMillis
      const due = names.filter((name) => dueOf(name) <= now)
      if (due.length === 0) return
      yield* Effect.catch(fetchThose(due), (fault) => failed(due, fault))
      for (const name of due) tell(name)
      yield* keep(() => writeTimes(folder, times))
    }
    const later = (yield* Clock.currentTimeMillis) + moreMillis
    for (const [name, each] of times) times.set(name, { ...each, dueAt: Math.max(each.dueAt, later) })
  })

  const now = () => ({ held, times, problems })
  return {
    ...lookUpIn(now),
    shared: () => sharedLists(now()),
    bytes: () => [...held.values()].reduce((sum, { hashes }) => sum + hashes.bytes, 0),
    refresh,
    dueAt: () => Math.min(...names.map(dueOf))
  }
}

/** Fetches the lists whenever they are due; never ends. */
export const keepListsFresh = ({ dueAt, refresh }: HashLists): Effect.Effect<never> =>
  Effect.forever(
    Effect.gen(function* () {
      yield* refresh
      const rest = dueAt() - (yield* Clock.currentTimeMillis)
      yield* Effect.sleep(Math.max(1_000, rest))
    })
  )
