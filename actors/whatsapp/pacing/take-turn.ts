/** A turn to speak, for an entry that may be written: taken from the pacer, with the typing that goes before it. */
import { Clock, Effect, Random } from "effect"
import type { WireKind } from "../../../contracts/outbox.ts"
import type { Performed } from "../../../infra/actor/process-manager.ts"
import type { StateReader } from "../../../infra/actor/state.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import type { GatewayService } from "../gateway.ts"
import type { OutboxEntry } from "../model.ts"
import { isCold } from "../outgoing/cold-chat.ts"
import type { PacingLimits } from "./limits.ts"
import type { Asking, Pacer } from "./pacer.ts"
import { isApproached } from "./spent.ts"
import { typingMillis } from "./typing.ts"

export interface Wanted {
  readonly entry: OutboxEntry
  readonly wire: WireKind
  readonly text: string
  /** A warning waits for this: then it goes at once, as warnings do. */
  readonly isUrgent: boolean
}

/** A turn that was taken, or the wait for one. */
export type Turned =
  | { readonly waits: NonNullable<Performed> }
  | { readonly waits?: never; readonly isFirst: boolean; readonly giveBack: Effect.Effect<void> }

export const makeTakeTurn = (limits: PacingLimits, pacer: Pacer) =>
  Effect.fnUntraced(function* (
    gateway: GatewayService,
    state: StateReader,
    { entry, isUrgent, text, wire }: Wanted
  ): Effect.fn.Return<Turned, never, Keyring> {
    const keyring = yield* Keyring
    const { chat, gateway: name, outbox, priority } = entry
    const names = keyring.pseudonymsOf(chat)
    const isFirst = name === "whatsapp" && isCold(state, keyring, chat) && !isApproached(state, names)
    // Between taking a notice back and its replacement the chat sees none.
    const mayWait = !isUrgent && entry.tookBack !== true
    const asking: Asking = {
      outbox,
      chat,
      mayWait,
      isFirst,
      typingMillis:
        mayWait && gateway.composing !== undefined ? typingMillis(limits, text, wire, priority) : 0
    }
    const now = yield* Clock.currentTimeMillis
    const answer = pacer.take(state, asking, now, yield* Random.next)
    if (answer === undefined) return { isFirst, giveBack: Effect.sync(() => pacer.giveBack(asking)) }
    if (answer.typing !== undefined) yield* gateway.composing?.(chat, answer.typing) ?? Effect.void
    const { later } = answer
    return { waits: answer.everywhere ? { later, everywhere: true } : { later } }
  })
