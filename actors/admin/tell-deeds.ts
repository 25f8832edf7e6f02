/**
 * Telling the log what was done to accounts. A key is made, or somebody invited, in `accounts.db`, perhaps while no
 * server runs; the fact of it follows, under an id that is the same whoever states it, and as often as it is stated.
 */
import { Effect, Stream } from "effect"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { teller } from "./accounts/deeds.ts"
import type { Accounts } from "./accounts.ts"

/** Who else may append to this boundary at the same time are other replicas, saying the same. */
const conflictRetriesMax = 5

/** What the log holds about accounts behind a sequence, and where it ends. */
const heldAfter = Effect.fnUntraced(function* (sequence: number) {
  const log = yield* EventLog
  const held = new Map<string, number>()
  let last = sequence
  yield* log.read({ from: sequence + 1, contexts: ["account"] }).pipe(
    Stream.takeUntil((batch) => batch.pending === 0),
    Stream.runForEach((batch) =>
      Effect.sync(() => {
        for (const event of batch.events) {
          last = event.sequence
          if (event.type !== "unreadable") held.set(event.id, event.sequence)
        }
      })
    )
  )
  return { held, last }
})

/** Appends the facts about accounts that the log lacks. Answers with how many those were. */
export const tellDeeds = Effect.fn("tellDeeds")(function* (accounts: Accounts) {
  const log = yield* EventLog
  const { generation } = log
  const once = Effect.gen(function* () {
    const { toldUpTo, untold } = yield* accounts.deeds.untold(generation)
    if (untold.length === 0) return 0
    const { held, last } = yield* heldAfter(toldUpTo)
    let expected = last
    let stated = 0
    for (const { fact, id, subject } of untold) {
      const before = held.get(id)
      if (before === undefined) {
        const provenance = { actor: teller, cause: subject, correlation: subject }
        expected = (yield* log.append([{ fact, id, expected }], provenance)).sequence
        stated += 1
      }
      yield* accounts.deeds.told(id, generation, before ?? expected)
    }
    return stated
  })
  return yield* once.pipe(
    Effect.retry({ times: conflictRetriesMax, while: (error) => error._tag === "Conflict" })
  )
})

/** How often it is looked whether another process did something, which costs a microsecond. */
const lookEverySeconds = 5

/**
 * Tells the log about accounts for ever: at once, whenever something is done here, and soon after another process did
 * something. Where the log does not answer it is tried again; a key works before the log knows of it.
 */
export const keepTelling = Effect.fn("keepTelling")(function* (accounts: Accounts) {
  const look = tellDeeds(accounts).pipe(
    Effect.catch((error) =>
      Effect.logWarning("the facts about accounts are not in the log yet", { error: error.message })
    )
  )
  const wait = Effect.raceFirst(accounts.deeds.written, Effect.sleep(`${lookEverySeconds} seconds`))
  return yield* Effect.forever(Effect.andThen(look, wait))
})
