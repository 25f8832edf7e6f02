/** A claim of which nobody can say yet what became of it. */
import { Clock, Effect } from "effect"
import type { Fact } from "../../../contracts/event.ts"
import { OutboxUnresolved } from "../../../contracts/outbox.ts"
import type { ActError, Performed, Reason, Self } from "../../../infra/actor/process-manager.ts"
import type { Keyring } from "../../../infra/keyring/keyring.ts"
import type { GatewayService } from "../gateway.ts"
import type { Claim, OutboxEntry } from "../model.ts"
import { askAgainMillis } from "./after-failure.ts"
import { closedFor } from "./closed-for.ts"

/** A claim that is unresolved for longer is worth a fact. */
const longMillis = 60_000

/** Waits on. Without a connection only the next one tells more; with one, time does. */
export const waitForOutcome = Effect.fnUntraced(function* (
  gateway: GatewayService,
  entry: OutboxEntry,
  { attempt, whatsApp }: Claim,
  reason: Reason,
  self: Self<Fact<typeof OutboxUnresolved>>
): Effect.fn.Return<Performed, ActError, Keyring> {
  const { chat, outbox } = entry
  const now = yield* Clock.currentTimeMillis
  const since = entry.claimedAt ?? now
  const isTold = entry.unresolved === attempt
  if (!isTold && now - since >= longMillis)
    yield* self.record(
      reason,
      `unresolved:${outbox}:${attempt}`,
      OutboxUnresolved({ chat, outbox, whatsApp, attempt, since })
    )
  const closed = yield* closedFor(gateway, entry, self.state)
  if (closed === undefined) return { later: now + askAgainMillis }
  return isTold ? closed : { later: Math.max(now, since + longMillis), orWoken: true }
})
