/**
 * Telling the log which keys there are. A key is made in `accounts.db`, perhaps while no server runs; the
 * fact of it follows, under an id that is the same whoever states it, and as often as it is stated.
 */
import { Effect, Schedule, Stream } from "effect"
import { KeyIssued, KeyRevoked } from "../../contracts/account.ts"
import type { AnyFact } from "../../contracts/catalogue.ts"
import { eventId } from "../../contracts/ids.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import type { Accounts, Key } from "./accounts.ts"

const actor = "admin"
/** Who else may append to this boundary at the same time are other replicas, saying the same. */
const conflictRetriesMax = 5

interface Told {
  readonly id: string
  readonly key: Key["key"]
  readonly fact: AnyFact
}

/** Keys are made and revoked by whoever may use the command line on the server's own files. */
const by = "operator"

const factsOf = (key: Key): ReadonlyArray<Told> => {
  const issued = KeyIssued({ key: key.key, role: key.role, by, at: key.createdAt })
  const told = [{ id: eventId(key.key, actor, "issued"), key: key.key, fact: issued }]
  if (key.revokedAt === null) return told
  const revoked = KeyRevoked({ key: key.key, by, at: key.revokedAt })
  return [...told, { id: eventId(key.key, actor, "revoked"), key: key.key, fact: revoked }]
}

/** Everything that the log holds about keys, and where it ends. */
const toldBefore = Effect.gen(function* () {
  const log = yield* EventLog
  const ids = new Set<string>()
  let last = 0
  yield* log.read({ from: 1, contexts: ["account"] }).pipe(
    Stream.takeUntil((batch) => batch.pending === 0),
    Stream.runForEach((batch) =>
      Effect.sync(() => {
        for (const event of batch.events) {
          last = event.sequence
          if (event.type !== "unreadable") ids.add(event.id)
        }
      })
    )
  )
  return { ids, last }
})

/** Appends the facts about keys that the log lacks. Answers with how many those were. */
export const recordKeyFacts = Effect.fn("recordKeyFacts")(function* (accounts: Accounts) {
  const log = yield* EventLog
  const once = Effect.gen(function* () {
    const missing = (yield* accounts.listKeys).flatMap(factsOf)
    if (missing.length === 0) return 0
    const { ids, last } = yield* toldBefore
    let expected = last
    let stated = 0
    for (const { id, key, fact } of missing) {
      if (ids.has(id)) continue
      const provenance = { actor, cause: key, correlation: key }
      const { sequence } = yield* log.append([{ fact, id, expected }], provenance)
      expected = sequence
      stated += 1
    }
    return stated
  })
  return yield* once.pipe(
    Effect.retry({ times: conflictRetriesMax, while: (error) => error._tag === "Conflict" })
  )
})

/** How often it is looked whether another process made or revoked a key, which costs a microsecond. */
const lookEverySeconds = 5

/**
 * Tells the log about keys for ever: at once, and whenever `accounts.db` was changed since. Where the log
 * does not answer it is tried again; a key works before the log knows of it.
 */
export const keepKeyFacts = Effect.fn("keepKeyFacts")(function* (accounts: Accounts) {
  let recorded: number | undefined
  const look = Effect.gen(function* () {
    const version = yield* accounts.version
    if (version === recorded) return
    yield* recordKeyFacts(accounts)
    recorded = version
  })
  return yield* look.pipe(
    Effect.catch((error) =>
      Effect.logWarning("the facts about keys are not in the log yet", { error: error.message })
    ),
    Effect.repeat(Schedule.spaced(`${lookEverySeconds} seconds`)),
    Effect.andThen(Effect.never)
  )
})
