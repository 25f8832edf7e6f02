/** Nobody takes calls here: where the operator wants it so, a call is rejected as it rings. */
import { Effect, type Scope, Stream } from "effect"
import type { Fact } from "../../../contracts/event.ts"
import { hashOf } from "../../../contracts/ids.ts"
import { SessionCallRejected } from "../../../contracts/session.ts"
import type { ActError, Beside } from "../../../infra/actor/process-manager.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { bareJid } from "../incoming/jid.ts"
import { type OpenSocket, Session, type SocketEvent } from "./connection.ts"

export const publishes = [SessionCallRejected] as const
type Published = Fact<typeof SessionCallRejected>
type Call = SocketEvent & { event: "call" }

/** Both forms of the caller, so that one person is one person in the log. */
const formsOf = async (socket: OpenSocket, caller: string): Promise<ReadonlyArray<string>> => {
  const other = await socket.otherForm(caller)
  return other === undefined ? [caller] : [caller, bareJid(other) ?? other]
}

const reject = Effect.fnUntraced(function* (own: Beside<Published>, session: Session["Service"], call: Call) {
  const socket = yield* session.socket
  if (socket === undefined) return
  const caller = bareJid(call.from) ?? call.from
  const forms = yield* Effect.tryPromise(async () => {
    await socket.rejectCall(call.id, call.from)
    return await formsOf(socket, caller)
  })
  const { isGroup, isVideo } = call
  const fact = SessionCallRejected({
    caller: yield* (yield* Keyring).person(forms),
    kind: isVideo ? "video" : "voice",
    isGroup
  })
  const cause = `call:${hashOf("call", caller, call.id)}`
  yield* own.begin().record({ cause, correlation: cause }, "rejected", fact)
})

const unrejected = (error: { readonly message: string } | ActError) =>
  Effect.logWarning("a call could not be rejected, or that it was could not be recorded", {
    error: error.message
  })

/** Runs beside the actor's work. A call that rang while nobody was connected is over. */
export const rejectCalls = (own: Beside<Published>): Effect.Effect<never, never, Keyring | Scope.Scope> =>
  Effect.gen(function* () {
    const session = yield* Effect.serviceOption(Session)
    if (session._tag === "None") return yield* Effect.never
    const events = yield* session.value.subscribe
    yield* Stream.runForEach(events, (event) =>
      event.event === "call" && event.status === "offer"
        ? Effect.catch(reject(own, session.value, event), unrejected)
        : Effect.void
    )
    return yield* Effect.never
  })
