/** Whether an entry has to wait for its gateway: until WhatsApp is connected, or new people may be written to. */
import { Clock, Effect } from "effect"
import type { Performed } from "../../../infra/actor/process-manager.ts"
import type { StateReader } from "../../../infra/actor/state.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import type { GatewayService } from "../gateway.ts"
import type { OutboxEntry } from "../model.ts"
import { reachOutLimitedUntil } from "../session/fold.ts"
import { isCold } from "./cold-chat.ts"

/** `undefined` where it may be written now. */
export const closedFor = Effect.fnUntraced(function* (
  gateway: GatewayService,
  entry: OutboxEntry,
  state: StateReader
): Effect.fn.Return<Performed, never, Keyring> {
  if (gateway.closedUntil === undefined) return undefined
  const cold = isCold(state, yield* Keyring, entry.chat)
  const now = yield* Clock.currentTimeMillis
  const stated = yield* gateway.closedUntil(cold)
  // The log remembers a limit of which a new process has not been told.
  const remembered = cold ? reachOutLimitedUntil(state) : 0
  const until = Math.max(stated ?? 0, remembered)
  return until > now ? { later: until, orWoken: true } : undefined
})
