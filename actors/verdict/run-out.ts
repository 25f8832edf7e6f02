/** Saying that an override has run out: at its moment, and else before anything is decided that it would decide. */
import { Effect } from "effect"
import type { Fact } from "../../contracts/event.ts"
import { OverrideExpired, OverrideSet } from "../../contracts/policy.ts"
import type { Self } from "../../infra/actor/process-manager.ts"
import type { StateReader } from "../../infra/actor/state.ts"
import type { Override, Sighting } from "./model.ts"
import { expiryKey } from "./override-fold.ts"
import { applicable } from "./state.ts"

/**
 * An override that is over by now, though nothing says so yet: while nobody was there to say it, newer work has come
 * before its expiry.
 */
export const overdueOn = (state: StateReader, sighting: Sighting, now: number): Override | undefined =>
  applicable(state, sighting).find(({ expiresAt = Infinity }) => expiresAt <= now)

/** The same fact, by the same cause, whoever finds that it is time. */
export const runOut = Effect.fnUntraced(function* (
  { chat, override, sequence }: Override,
  self: Self<Fact<typeof OverrideExpired>>
) {
  const set = yield* self.event(sequence)
  const [cause, correlation] = set?.type === OverrideSet.type ? [set.id, set.correlation] : [override]
  yield* self.append({ cause, correlation: correlation ?? cause }, expiryKey(override), [
    OverrideExpired({ override, ...(chat === undefined ? {} : { chat }) })
  ])
  return undefined
})
