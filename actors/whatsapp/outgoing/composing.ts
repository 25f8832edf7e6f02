/** Shows in a chat that something is being written. */
import { Effect } from "effect"
import type { ChatId } from "../../../contracts/ids.ts"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"
import type { OpenSocket } from "../session/connection.ts"
import { recipientOf } from "./recipient.ts"

/**
 * Answers at once; the rest goes on by itself, and ends with the scope. Nothing depends on it: without a connection,
 * or to somebody who is not known any more, nothing is shown.
 */
export const makeComposing = Effect.fnUntraced(function* (
  socketNow: Effect.Effect<OpenSocket | undefined>,
  keyring: KeyringService
) {
  const scope = yield* Effect.scope
  const show = Effect.fnUntraced(function* (chat: ChatId, millis: number) {
    const socket = yield* socketNow
    if (socket === undefined) return
    const { jid } = yield* recipientOf(keyring, socket, chat)
    yield* Effect.tryPromise(() => socket.sendPresenceUpdate("composing", jid))
    yield* Effect.sleep(millis)
    yield* Effect.tryPromise(() => socket.sendPresenceUpdate("paused", jid))
  })
  return (chat: ChatId, millis: number): Effect.Effect<void> =>
    show(chat, millis).pipe(Effect.ignore, Effect.forkIn(scope), Effect.asVoid)
})
