/** Forgetting: the keys are destroyed first, and then the log is told that they are gone. */
import { Clock, Effect } from "effect"
import { ErasureCompleted } from "../../contracts/account.ts"
import { ForgetInSession, RekeyOverrides } from "../../contracts/commands.ts"
import type { Fact } from "../../contracts/event.ts"
import { eventId } from "../../contracts/ids.ts"
import type { Self } from "../../infra/actor/process-manager.ts"
import type { Work } from "../../infra/actor/state.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { type Erasure, erasures } from "./state.ts"

/** The first and the longest wait before what an erasure waits for is asked again: it is asked for every part of it. */
const retryFirstMillis = 1_000
const retryLongestMillis = 60_000

/** How long each that is open waited the last time. */
const waited = new WeakMap<Work, number>()

const nextWait = (work: Work): number => {
  const before = waited.get(work)
  const wait = before === undefined ? retryFirstMillis : Math.min(before * 2, retryLongestMillis)
  waited.set(work, wait)
  return wait
}

/**
 * What an erasure waits for: the keyring, the actor that holds the overrides, or the one that holds the session.
 * All of it passes, and no key is destroyed before.
 */
export const passing = ["KeyringUnavailable", "Refused", "Unanswered"] as const

/**
 * Has every override get a token under the link key that comes next, part by part. Done again, those that have
 * one are passed over. Answers with the name of the key, or `undefined` where the subject is forgotten already.
 */
const prepare = Effect.fnUntraced(function* ({ cause, subject }: Erasure) {
  const keyring = yield* Keyring
  const bus = yield* CommandBus
  const linkKey = yield* keyring.prepareLinkKey(subject)
  if (linkKey === undefined) return undefined
  let part: number | null = 0
  while (part !== null) {
    const request = eventId(cause, "admin", `rekey:${linkKey}:${part}`)
    const answer: { readonly next: number | null } = yield* bus.request(
      RekeyOverrides,
      { linkKey, part },
      request
    )
    part = answer.next
  }
  return linkKey
})

/**
 * Destroys the keys and says so. Done again after a crash in between, it destroys nothing more, so that the
 * counts in the log are those of the attempt that came through.
 */
export const finish = Effect.fnUntraced(function* (
  erasure: Erasure,
  self: Self<Fact<typeof ErasureCompleted>>
) {
  const keyring = yield* Keyring
  const { subject, ...reason } = erasure
  const linkKey = yield* prepare(erasure)
  // While the keyring still knows by which numbers to look for them.
  yield* (yield* CommandBus).request(ForgetInSession, { subject }, eventId(erasure.cause, "admin", "session"))
  const counts = yield* keyring.forget(subject, linkKey)
  // Whoever was joined is forgotten whole, and every fold drops what it held under either pseudonym.
  const others = keyring.pseudonymsOf(subject).filter((same) => same !== subject)
  const { sequence } = yield* self.append(reason, "erased", [
    ErasureCompleted({ subject, ...counts }),
    ...others.map((same) => ErasureCompleted({ subject: same, keysDestroyed: 0, mappingsDestroyed: 0 }))
  ])
  yield* self.folded(sequence)
  return { generation: self.generation, sequence, ...counts }
})

/** Does what was requested and, because the process that took the request is gone, not completed. */
export const perform = Effect.fnUntraced(function* (work: Work, self: Self<Fact<typeof ErasureCompleted>>) {
  const erasure = self.state.walk(erasures, "").find(([, it]) => it.cause === work.cause)?.[1]
  if (erasure === undefined) return undefined
  return yield* finish(erasure, self).pipe(
    Effect.as(undefined),
    Effect.catchTag(passing, (error) =>
      Effect.gen(function* () {
        yield* Effect.logWarning("an erasure waits and is tried again", { error: error.message })
        return { later: (yield* Clock.currentTimeMillis) + nextWait(work) }
      })
    )
  )
})
