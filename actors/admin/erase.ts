/** Forgetting: the keys are destroyed first, and then the log is told that they are gone. */
import { Clock, Effect } from "effect"
import { ErasureCompleted } from "../../contracts/account.ts"
import type { Fact } from "../../contracts/event.ts"
import type { Self } from "../../infra/actor/process-manager.ts"
import type { Work } from "../../infra/actor/state.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { type Erasure, erasures } from "./state.ts"

/** How long to wait where the keyring could not overwrite what it deleted. */
const retryMillis = 1_000

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
  const counts = yield* keyring.forget(subject)
  const { sequence } = yield* self.append(reason, "erased", [ErasureCompleted({ subject, ...counts })])
  yield* self.folded(sequence)
  return { generation: self.generation, sequence, ...counts }
})

/** Does what was requested and, because the process that took the request is gone, not completed. */
export const perform = Effect.fnUntraced(function* (work: Work, self: Self<Fact<typeof ErasureCompleted>>) {
  const erasure = self.state.walk(erasures, "").find(([, it]) => it.cause === work.cause)?.[1]
  if (erasure === undefined) return undefined
  return yield* finish(erasure, self).pipe(
    Effect.as(undefined),
    Effect.catchTag("KeyringUnavailable", (error) =>
      Effect.gen(function* () {
        yield* Effect.logWarning("an erasure waits for the keyring and is tried again", {
          error: error.message
        })
        return { later: (yield* Clock.currentTimeMillis) + retryMillis }
      })
    )
  )
})
