/** What overrides do to the state: which there are, and what is to be looked at again for them. */
import type { RecordedOf } from "../../contracts/catalogue.ts"
import type { State } from "../../infra/actor/state.ts"
import { type Override, overrides, overridesByToken } from "./model.ts"
import { reconsiderAll } from "./state.ts"

/** An override's expiry is work that is due at its moment, to the millisecond. */
export const expireWork = "expire"
export const expiryKey = (override: string): string => `${expireWork}/${override}`

/** What is no longer overridden is looked at again by whoever calls, once all is as it should be. */
const dropOverride = (state: State, known: Override) => {
  state.drop(overrides, known.override)
  for (const token of known.tokens) state.drop(overridesByToken, `${token}/${known.override}`)
  state.close(expiryKey(known.override))
}

export const overrideGone = (
  state: State,
  event: RecordedOf<"policy.override-removed" | "policy.override-expired">
) => {
  const known = state.get(overrides, event.data.override)
  if (known === undefined) return
  dropOverride(state, known)
  for (const token of known.tokens) reconsiderAll(state, token, event)
}

/** Set again under the same id it is another one, and nothing of the earlier one is left. */
export const overrideSet = (state: State, event: RecordedOf<"policy.override-set">) => {
  const { override, chat, match, token, next, effect, expiresAt, words } = event.data
  const tokens = next === undefined ? [token] : [token, next]
  const before = state.get(overrides, override)
  if (before !== undefined) dropOverride(state, before)
  state.put(overrides, override, {
    override,
    ...(chat === undefined ? {} : { chat }),
    match,
    tokens,
    words,
    effect,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    sequence: event.sequence
  })
  for (const each of tokens) state.put(overridesByToken, `${each}/${override}`, true)
  if (expiresAt !== undefined)
    state.open({
      key: expiryKey(override),
      kind: expireWork,
      priority: 0,
      // It meets the expectation of its boundary, and waits for no other chat to be idle.
      lane: chat ?? "all",
      due: expiresAt,
      cause: event.id,
      correlation: event.correlation ?? event.id
    })
  for (const changed of new Set([...tokens, ...(before?.tokens ?? [])])) reconsiderAll(state, changed, event)
}

/** Nothing is known by the new tokens yet, unless they come late. */
export const overridesRekeyed = (state: State, event: RecordedOf<"policy.overrides-rekeyed">) => {
  for (const { override, token } of event.data.overrides) {
    const known = state.get(overrides, override)
    if (known === undefined || known.tokens.includes(token)) continue
    state.put(overrides, override, { ...known, tokens: [...known.tokens, token] })
    state.put(overridesByToken, `${token}/${override}`, true)
    reconsiderAll(state, token, event)
  }
}
